/**
 * `less -S`, which journalctl uses, ends a line that is wider than the terminal with `>`; journalctl itself shortens with
 * `…`. `<nil>` and the like are no cut, and klog closes a value of several lines with a `>` of its own.
 */
export const isCut = (text: string): boolean =>
  text.endsWith('…') || (text.endsWith('>') && text.trim() !== '>' && !/<[^<>\s]{0,40}>$/.test(text))

/** The ends that a cut line most likely had; where several fit, the first. */
const likelyEnds = [
  'connect: connection refused',
  'read: connection reset by peer',
  'connect: no route to host',
  'connect: network is unreachable',
  'i/o timeout',
  'no such host',
  'Not Authorized',
  'bad user name or password',
  'x509: certificate signed by unknown authority',
  'x509: certificate is valid for',
  'x509: certificate has expired or is not yet valid',
  'x509: cannot validate certificate for',
  'remote error: tls: bad certificate',
  'websocket: bad handshake',
  'token is expired',
  'Token is expired',
  'token signature is invalid',
  'signature is invalid',
  'credentials are in the wrong format',
  'failed to validate CA certificate',
  'file is not a database',
  'bind: address already in use',
  'found a tab character',
  'Following Cgroup subsystem not mounted: [memory]',
  'unknown service runtime.v1.RuntimeService',
  'validate service connection',
  'Failed to initialize CSINode after retrying',
  'failed to get sandbox image',
  'Websocket connect to cloud access successful',
  'finish hub-client sub',
  'finish hub-client pub',
  'ImagePullBackOff',
  'Main process exited',
]
const leastOverlap = 8

/** How a cut line can end, by its last characters; in the order of preference, the longest first. */
const beginnings = Map.groupBy(
  likelyEnds.flatMap(end =>
    Array.from({ length: end.length - leastOverlap }, (_, cut) => ({
      begin: end.slice(0, end.length - 1 - cut),
      rest: end.slice(end.length - 1 - cut),
    })),
  ),
  ({ begin }) => begin.slice(-leastOverlap),
)

/** A line without the mark of the cut, and with the likely rest of its last words when there is little doubt what they were. */
export function completeCutLine(line: string): string {
  const text = isCut(line) ? line.slice(0, -1) : line
  const tail = text.slice(-Math.max(...likelyEnds.map(end => end.length)))
  if (likelyEnds.some(end => tail.endsWith(end))) return text
  const likely = beginnings.get(tail.slice(-leastOverlap))?.find(({ begin }) => tail.endsWith(begin))
  return text + (likely?.rest ?? '')
}
