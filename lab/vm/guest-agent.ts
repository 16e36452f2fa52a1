import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { createInterface } from 'node:readline'
import { setTimeout as sleep } from 'node:timers/promises'

interface Answer {
  return?: Record<string, unknown>
  error?: { desc: string }
}

export interface GuestResult {
  exitCode: number
  stdout: string
  stderr: string
}

/**
 * Runs commands in a machine through its guest agent (qemu.org/docs/master/interop/qemu-ga-ref.html), which needs no
 * network.
 */
export class GuestAgent {
  readonly #socket: Socket
  readonly #answers: AsyncIterator<string>

  private constructor(socket: Socket) {
    this.#socket = socket
    this.#answers = createInterface(socket)[Symbol.asyncIterator]()
  }

  /** Waits until the agent answers. */
  static async connect(path: string, timeoutMs: number, isOver: AbortSignal): Promise<GuestAgent> {
    for (const end = Date.now() + timeoutMs; ; await sleep(500)) {
      if (isOver.aborted) throw new Error('the machine ended')
      if (Date.now() > end) throw new Error(`the guest agent does not answer within ${timeoutMs / 1000} s`)
      const agent = await GuestAgent.#attempt(path).catch(() => undefined)
      if (agent) return agent
    }
  }

  static async #attempt(path: string): Promise<GuestAgent> {
    const socket = connect(path)
    socket.on('error', () => {})
    await once(socket, 'connect', { signal: AbortSignal.timeout(1000) })
    const agent = new GuestAgent(socket)
    try {
      // What an earlier client left unread comes first.
      const id = Date.now() % 1_000_000
      socket.write(`\xff{"execute":"guest-sync-delimited","arguments":{"id":${id}}}\n`, 'latin1')
      for (;;) if ((await agent.#line(2000)).includes(`${id}`)) return agent
    } catch (error) {
      socket.destroy()
      throw error
    }
  }

  async #line(timeoutMs: number): Promise<string> {
    const timer = new AbortController()
    const late = sleep(timeoutMs, undefined, { signal: timer.signal, ref: false }).then(() => {
      throw new Error(`the guest agent does not answer within ${timeoutMs / 1000} s`)
    })
    late.catch(() => {})
    try {
      const { value, done } = await Promise.race([this.#answers.next(), late])
      if (done) throw new Error('the machine ended')
      return value
    } finally {
      timer.abort()
    }
  }

  async #ask(execute: string, args: object): Promise<Record<string, unknown>> {
    this.#socket.write(`${JSON.stringify({ execute, arguments: args })}\n`)
    const answer = JSON.parse((await this.#line(120_000)).replace(/^\xff/, '')) as Answer
    if (answer.error) throw new Error(`${execute}: ${answer.error.desc}`)
    return answer.return ?? {}
  }

  /** Run a command with bash as root. Throws when the machine ends or the command exceeds `timeoutMs`. */
  async run(command: string, timeoutMs: number): Promise<GuestResult> {
    const { pid } = await this.#ask('guest-exec', {
      path: '/bin/bash',
      arg: ['-c', command],
      env: [
        'PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
        'HOME=/root',
        'LANG=C.UTF-8',
      ],
      'capture-output': true,
    })
    for (const end = Date.now() + timeoutMs; ; await sleep(250)) {
      const status = await this.#ask('guest-exec-status', { pid })
      if (status['exited'] === true)
        return {
          exitCode: typeof status['exitcode'] === 'number' ? status['exitcode'] : 128,
          stdout: decode(status['out-data']),
          stderr: decode(status['err-data']),
        }
      if (Date.now() > end) throw new Error(`no end after ${timeoutMs / 1000} s: ${command}`)
    }
  }

  close(): void {
    this.#socket.destroy()
  }
}

const decode = (data: unknown): string =>
  typeof data === 'string' ? Buffer.from(data, 'base64').toString().trimEnd() : ''
