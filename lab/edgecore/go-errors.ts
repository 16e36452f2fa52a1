/** What Go says where Node.js gives a code. */
const reasons: Record<string, string> = {
  ECONNREFUSED: 'connect: connection refused',
  ECONNRESET: 'read: connection reset by peer',
  EHOSTUNREACH: 'connect: no route to host',
  ENETUNREACH: 'connect: network is unreachable',
  ETIMEDOUT: 'i/o timeout',
  ENOENT: 'no such file or directory',
  EACCES: 'permission denied',
  EADDRINUSE: 'bind: address already in use',
  EADDRNOTAVAIL: 'bind: cannot assign requested address',
}

/** The reason of a failed system call in Go's words, without what it was about. */
export function goReason(cause: unknown): string {
  const { code, message } = cause as NodeJS.ErrnoException
  return reasons[code ?? ''] ?? message
}

/** A failed dial, as Go's net package words it. */
export function dialError(network: string, address: string, cause: unknown): string {
  const { code } = cause as NodeJS.ErrnoException
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN')
    return `dial ${network}: lookup ${address.replace(/:\d+$/, '')}: no such host`
  const reason = goReason(cause)
  return `dial ${network} ${address}: ${network === 'unix' && !reason.includes(': ') ? 'connect: ' : ''}${reason}`
}
