import { createInterface } from 'node:readline'
import type { Duplex } from 'node:stream'
import { error, info, warning } from '../edgecore/klog.ts'
import type { ClusterNodes } from './certificates.ts'
import type { CloudSettings } from './settings.ts'

/** A message of a node: its own registration, or the renewal of its lease. */
interface Message {
  id: number
  kind: 'register' | 'lease'
}

/** CloudCore closes a session that was silent for its `keepaliveInterval` (30 s unless configured). */
const keepaliveMs = 30_000

/** The nodes that are connected, one session for each name: a second one ends the first. */
export class Sessions {
  readonly #nodes: ClusterNodes
  readonly #settings: () => CloudSettings
  readonly #open = new Map<string, Duplex>()

  constructor(nodes: ClusterNodes, settings: () => CloudSettings) {
    this.#nodes = nodes
    this.#settings = settings
  }

  /** Accept the websocket of a node, `/PROJECT/NODE/events`. */
  open(url: string, socket: Duplex): void {
    const [, project, name] = url.split('/')
    if (!project || !name || !url.endsWith('/events')) {
      socket.end('HTTP/1.1 404 Not Found\r\nContent-Length: 19\r\n\r\n404: Page Not Found')
      return
    }
    socket.write('HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n')
    info('message_handler.go:143', `edge node ${name} for project ${project} connected`)
    const other = this.#open.get(name)
    if (other) {
      warning('session_manager.go:55', `session exists for ${name}, close old session`)
      other.destroy()
    }
    this.#open.set(name, socket)
    info('node_session.go:137', `Start session for edge node ${name}`)
    const keepalive = setTimeout(() => {
      error('node_session.go:168', `timeout to receive keepalive for node ${name}`)
      socket.destroy()
    }, keepaliveMs)
    socket
      .on('error', () => undefined)
      .on('data', () => keepalive.refresh())
      .once('close', () => {
        clearTimeout(keepalive)
        this.#closed(project, name, socket)
      })
    // A node that dies resets its connection, which the interface reports as well.
    createInterface({ input: socket })
      .on('line', line => this.#answer(name, JSON.parse(line) as Message, socket))
      .on('error', () => undefined)
  }

  #closed(project: string, name: string, socket: Duplex): void {
    error('message_handler.go:200', `projectID ${project} node ${name} read message err`)
    info('message_handler.go:173', `edge node ${name} for project ${project} disConnected`)
    if (this.#open.get(name) === socket) this.#open.delete(name)
  }

  #answer(name: string, { id, kind }: Message, socket: Duplex): void {
    const answer = this.#settings().silent ? undefined : this.#answerTo(name, kind)
    if (answer !== undefined) socket.write(`${JSON.stringify({ id, answer })}\n`)
  }

  #answerTo(name: string, kind: Message['kind']): string {
    const { refuseNodes, apiserverAway } = this.#settings()
    if (kind === 'lease') return 'ok'
    if (refuseNodes) {
      const reason = 'failed to get cloudcore localIP with err:can not get any usable node IP'
      error('upstream.go:989', `create node ${name} error: ${reason} , register node failed`)
      return 'refused'
    }
    const isKnown = this.#nodes.all().includes(name)
    if (apiserverAway) {
      error('upstream.go:1033', `process failure, patch node failed with error: nodes "${name}" not found`)
      return isKnown ? 'ok' : 'empty'
    }
    if (!isKnown) this.#nodes.add(name)
    return 'ok'
  }
}
