import { type AgentOptions, Agent as HttpAgent } from 'node:http'
import { Agent as HttpsAgent } from 'node:https'
import type { OnReadOpts } from 'node:net'
import type { Duplex } from 'node:stream'

/** Bytes that are read from a connection at once; what an unencrypted one on a fast network has waiting. */
const readSize = 256 * 1024

/** Milliseconds. Many servers close a connection that is idle for five seconds, and a request could just miss that. */
const idle = 4000

const options: AgentOptions = { keepAlive: true, timeout: idle }
let agents: Record<string, HttpAgent> = agentsWith(options)

/** From now on all connections are made through these proxies: HTTP_PROXY, HTTPS_PROXY, NO_PROXY. */
export function useProxies(proxyEnv: AgentOptions['proxyEnv']): void {
  agents = agentsWith({ ...options, ...(proxyEnv && { proxyEnv }) })
}

/** What makes and keeps the connections to a server. */
export const agentFor = ({ protocol }: URL): HttpAgent | undefined => agents[protocol]

function agentsWith(options: AgentOptions): Record<string, HttpAgent> {
  return {
    'http:': withOneBuffer(new HttpAgent(options)),
    'https:': withOneBuffer(new HttpsAgent(options)),
  }
}

/**
 * Every connection reads into the same memory again and again, as the parser of Node.js allows that: it copies what it
 * passes on. Else each read leaves a buffer behind, and tens of megabytes of them pile up before they are collected.
 * A connection through a proxy is as Node.js makes it.
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
