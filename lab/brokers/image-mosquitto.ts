import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { waitForBroker } from '../../src/broker/probe.ts'
import { freePort } from './free-port.ts'
import { brokerProgram, type Command } from './image-program.ts'

/** The mosquitto of the broker image on a port of this machine. Its port and data survive a restart. */
export class ImageMosquitto implements AsyncDisposable {
  readonly host = '127.0.0.1'
  readonly port: number
  /** Its configuration and data on this machine. */
  readonly directory: string
  /** What it has logged since it was started first. */
  log = ''
  readonly #program: Command
  #process: ChildProcess | undefined

  private constructor(port: number, directory: string, program: Command) {
    this.port = port
    this.directory = directory
    this.#program = program
  }

  /**
   * `settings` are the other lines of mosquitto.conf; `files` are beside it, where it finds them by their names alone. `program`
   * is the mosquitto of the image unless given.
   */
  static async start(
    settings: readonly string[] = ['allow_anonymous true'],
    files: Readonly<Record<string, string>> = {},
    program?: Command,
  ): Promise<ImageMosquitto> {
    const port = await freePort()
    const directory = await mkdtemp(join(tmpdir(), 'edgekit-mosquitto-'))
    // It may drop to a user that must write there.
    await chmod(directory, 0o777)
    const command = program ?? (await brokerProgram('/usr/sbin/mosquitto'))
    const broker = new ImageMosquitto(port, directory, command)
    await broker.configure(settings, files)
    await broker.restart()
    return broker
  }

  /** Writes the files; the broker reads them when it is reloaded or restarted. */
  async configure(settings: readonly string[], files: Readonly<Record<string, string>> = {}): Promise<void> {
    const lines = [
      ...settings.filter(line => line.startsWith('per_listener_settings')),
      `listener ${this.port} ${this.host}`,
      'persistence true',
      `persistence_location ${this.directory}/`,
      'max_queued_messages 0',
      'user root',
      ...settings.filter(line => !line.startsWith('per_listener_settings')),
    ]
    for (const [name, text] of Object.entries({ ...files, 'mosquitto.conf': `${lines.join('\n')}\n` }))
      await writeFile(join(this.directory, name), text)
  }

  async restart(): Promise<void> {
    await this.stop()
    const [file, ...args] = this.#program
    const child = spawn(file, [...args, '-c', 'mosquitto.conf'], {
      cwd: this.directory,
      stdio: ['ignore', 'ignore', 'pipe'],
    })
    child.stderr.on('data', (data: Buffer) => {
      this.log += data.toString()
    })
    this.#process = child
    await waitForBroker(this, 20_000)
  }

  signal(signal: NodeJS.Signals): void {
    this.#process?.kill(signal)
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
