import https from 'node:https'
import type { Socket } from 'node:net'
import { TLSSocket } from 'node:tls'
import { second } from '../clock.ts'
import { requestError } from '../go-errors.ts'

/** Go's dial timeout in seconds; Linux would retry for two minutes. */
const dialSeconds = 30

/** A request to the cloud on a separate connection. `refused` gets the reason of a failure in Go's words. */
export function request(
  url: string,
  options: https.RequestOptions,
  refused: (reason: string) => void,
): ReturnType<typeof https.request> {
  let socket: Socket | undefined
  const validity = () => {
    // Node.js returns null, contrary to its types, for a socket that never connected.
    const peer: { valid_from?: string; valid_to?: string } | null =
      socket instanceof TLSSocket ? socket.getPeerCertificate() : null
    return { from: new Date(peer?.valid_from ?? 0), to: new Date(peer?.valid_to ?? 0) }
  }
  return https
    .request(url, { ...options, agent: false })
    .on('error', cause => refused(requestError(new URL(url).host, cause, validity())))
    .on('socket', it => {
      socket = it
      const late = Object.assign(new Error('i/o timeout'), { code: 'ETIMEDOUT' })
      const timer = setTimeout(() => it.destroy(late), dialSeconds * second)
      for (const event of ['connect', 'close']) it.once(event, () => clearTimeout(timer))
    })
}
