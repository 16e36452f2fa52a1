import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { waitForBroker } from '../../src/broker/probe.ts'
import { freePort } from './free-port.ts'
import { brokerProgram } from './image-program.ts'

/** The mosquitto of the broker image on a port of this machine. Its port and data survive a restart. */
export class ImageMosquitto implements AsyncDisposable {
  readonly host = '127.0.0.1'
  readonly port: number
  /** Its configuration and data on this machine. */
  readonly directory: string
  #process: ChildProcess | undefined

  private constructor(port: number, directory: string) {
    this.port = port
    this.directory = directory
  }

  /** `settings` are the other lines of mosquitto.conf; `files` are beside it, where it finds them by their names alone. */
  static async start(
    settings: readonly string[] = ['allow_anonymous true'],
    files: Readonly<Record<string, string>> = {},
  ): Promise<ImageMosquitto> {
    const port = await freePort()
    const directory = await mkdtemp(join(tmpdir(), 'edgekit-mosquitto-'))
    // It may drop to a user that must write there.
    await chmod(directory, 0o777)
    const lines = [
      `listener ${port} 127.0.0.1`,
      'persistence true',
      `persistence_location ${directory}/`,
      'max_queued_messages 0',
      'user root',
      ...settings,
    ]
    await writeFile(join(directory, 'mosquitto.conf'), `${lines.join('\n')}\n`)
    for (const [name, text] of Object.entries(files)) await writeFile(join(directory, name), text)
    const broker = new ImageMosquitto(port, directory)
    await broker.restart()
    return broker
  }

  async restart(): Promise<void> {
    const [file, ...args] = await brokerProgram('/usr/sbin/mosquitto')
    this.#process = spawn(file, [...args, '-c', 'mosquitto.conf'], { cwd: this.directory, stdio: 'ignore' })
    await waitForBroker(this, 20_000)
  }

  /** Sends SIGHUP. */
  reload(): void {
    this.#process?.kill('SIGHUP')
  }

  async stop(signal: NodeJS.Signals = 'SIGTERM'): Promise<void> {
    const running = this.#process
    this.#process = undefined
    if (running === undefined) return
    const ended = once(running, 'exit')
    running.kill(signal)
    await ended
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop('SIGKILL')
    await rm(this.directory, { recursive: true, force: true })
  }
}
