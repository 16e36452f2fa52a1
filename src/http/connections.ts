import { type AgentOptions, Agent as HttpAgent } from 'node:http'
import { Agent as HttpsAgent } from 'node:https'
import type { OnReadOpts } from 'node:net'
import type { Duplex } from 'node:stream'

/** Bytes per read: about what a fast unencrypted connection has ready. */
const readSize = 256 * 1024

/** Many servers close a connection after five idle seconds; reusing one at that moment would fail the request. */
const idleMs = 4000

const options: AgentOptions = { keepAlive: true, timeout: idleMs }
let agents: Record<string, HttpAgent> = agentsWith(options)

/** Open all further connections through these proxies: HTTP_PROXY, HTTPS_PROXY, NO_PROXY. */
export function useProxies(proxyEnv: AgentOptions['proxyEnv']): void {
  agents = agentsWith({ ...options, ...(proxyEnv && { proxyEnv }) })
}

/** The agent that opens and reuses connections for this URL. */
export const agentFor = ({ protocol }: URL): HttpAgent | undefined => agents[protocol]

function agentsWith(options: AgentOptions): Record<string, HttpAgent> {
  return {
    'http:': withOneBuffer(new HttpAgent(options)),
    'https:': withOneBuffer(new HttpsAgent(options)),
  }
}

/**
 * Let each connection read into one buffer over and over; the HTTP parser of Node.js copies what it emits. Otherwise every
 * read leaves a buffer behind, and tens of megabytes pile up before they are collected. Does not apply to proxies.
 */
function withOneBuffer<A extends HttpAgent>(agent: A): A {
  const connect = agent.createConnection.bind(agent)
  agent.createConnection = (options, callback) => {
    let socket: Duplex | null | undefined
    const buffer = Buffer.allocUnsafeSlow(readSize)
    const onread: OnReadOpts = {
      buffer,
      callback: size => socket?.emit('data', buffer.subarray(0, size)) ?? true,
    }
    const withBuffer = { ...options, onread }
    socket = connect(withBuffer, callback)
    return socket
  }
  return agent
}
