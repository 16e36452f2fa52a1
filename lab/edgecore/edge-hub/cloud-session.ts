import { randomUUID } from 'node:crypto'
import { createInterface } from 'node:readline'
import type { Duplex } from 'node:stream'
import { second, sleep } from '../clock.ts'
import type { EdgecoreDatabase } from '../database.ts'
import { error, info, nilPanic, warning } from '../klog.ts'

/** The cloud's answer to a registration; `empty` when it cannot reach its apiserver. */
type Answer = 'ok' | 'refused' | 'empty'

/** One connection to the cloud, from "successful" to its end. The node registers and renews its lease every 10 s. */
export class CloudSession {
  readonly #socket: Duplex
  readonly #waiting = new Map<number, (answer: Answer) => void>()
  readonly #ended: Promise<void>
  readonly #database: EdgecoreDatabase
  #isOpen = true

  constructor(socket: Duplex, database: EdgecoreDatabase) {
    this.#database = database
    this.#socket = socket.on('error', () => undefined)
    this.#ended = new Promise(resolve => socket.once('close', resolve))
    createInterface({ input: socket })
      .on('error', () => undefined)
      .on('line', line => {
        const { id, answer } = JSON.parse(line) as { id: number; answer: Answer }
        this.#waiting.get(id)?.(answer)
      })
  }

  /** Resolves when the connection is found to be broken, at the next message after that. */
  async run(nodeName: string, kubeletRuns: boolean): Promise<void> {
    void this.#ended.then(() => {
      this.#isOpen = false
      error(
        'ws.go:108',
        'failed to read message, error: websocket: close 1006 (abnormal closure): unexpected EOF',
      )
    })
    if (kubeletRuns) void this.#register(nodeName)
    while (this.#isOpen) {
      if (kubeletRuns) void this.#renewLease(nodeName)
      await Promise.race([sleep(10), this.#ended])
    }
    const closed = 'failed to send message, error: use of closed network connection'
    error('process.go:99', `failed to send message to cloud: ${closed}`)
    warning('edgehub.go:138', 'connection is broken, will reconnect after 30s')
    error('process.go:52', 'websocket read error: the fifo is broken')
    error('process.go:121', `websocket write error: ${closed}`)
  }

  async #register(nodeName: string): Promise<void> {
    info('kubelet_node_status.go:73', `"Attempting to register node" node="${nodeName}"`)
    const answer = await this.#ask('register')
    if (answer === undefined) return
    if (answer === 'refused')
      nilPanic('github.com/kubeedge/kubeedge/edge/pkg/metamanager/client.updateNodeDB')
    this.#database.register(nodeName, answer === 'empty' ? 'empty' : 'whole')
    info('kubelet_node_status.go:76', `"Successfully registered node" node="${nodeName}"`)
    if (answer === 'empty') void complainForEver()
  }

  async #renewLease(nodeName: string): Promise<void> {
    if ((await this.#ask('lease')) !== undefined) return
    const resource = `kube-node-lease/lease/${nodeName}`
    const id = randomUUID()
    const reason = `timeout to get response for message ${id}`
    error('process.go:376', `process remote failed, req[msgID[${id}] resource[${resource}]], err: ${reason}`)
    error('metaclient.go:133', `send sync message ${resource} failed, error:${reason}, retries: 1`)
  }

  /** The cloud's answer; undefined when there is none within a minute. */
  async #ask(kind: 'register' | 'lease'): Promise<Answer | undefined> {
    const id = Math.floor(Math.random() * 2 ** 48)
    const answer = new Promise<Answer>(resolve => this.#waiting.set(id, resolve))
    this.#socket.write(`${JSON.stringify({ id, kind })}\n`)
    const found = await Promise.race([answer, sleep(60)])
    this.#waiting.delete(id)
    return found ?? undefined
  }
}

/** EdgeCore takes itself for registered but has an empty Node: an error nine times a second until it restarts. */
async function complainForEver(): Promise<void> {
  const empty = '&Node{ObjectMeta:{      0 0001-01-01 00:00:00 +0000 UTC <nil> <nil> map[] map[] [] [] []}'
  for (;;) {
    error('kubelet_node_status.go:403', `"Node does not have NodeReady condition" originalNode="${empty}"`)
    await new Promise(resolve => setTimeout(resolve, second * 0.112))
  }
}
