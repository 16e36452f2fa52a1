import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { DatabaseSync } from 'node:sqlite'
import { text as readText } from 'node:stream/consumers'
import { setTimeout as sleep } from 'node:timers/promises'
import { checkResponse } from './contract.ts'

/** A line of its log. */
export type Line = Record<string, unknown> & { message: string }

/** `edgekit devices serve` as a process of this machine, with a database of its own. */
export class DevicesService implements AsyncDisposable {
  readonly database: string
  /** Of all runs. */
  readonly log: Line[] = []
  readonly #directory: string
  readonly #environment: Record<string, string>
  #process: ChildProcess | undefined

  private constructor(directory: string, environment: Record<string, string>) {
    this.#directory = directory
    this.database = join(directory, 'devices.db')
    this.#environment = environment
  }

  /** Not started yet. `settings` are lines of YAML besides the path of the database. */
  static async prepare(settings: string, environment: Record<string, string>): Promise<DevicesService> {
    const directory = await mkdtemp(join(tmpdir(), 'edgekit-devices-'))
    const service = new DevicesService(directory, environment)
    await service.configure(settings)
    return service
  }

  async configure(settings: string): Promise<void> {
    await writeFile(
      join(this.#directory, 'devices.yaml'),
      `database: { path: ${this.database} }\nhttp: { port: 0 }\n${settings}\n`,
    )
  }

  /** Start it; `connected` waits until it is connected to the broker. */
  async start({ connected = true } = {}): Promise<void> {
    const seen = this.log.length
    const child = spawn(
      process.execPath,
      ['bin/edgekit.js', 'devices', 'serve', '--settings', join(this.#directory, 'devices.yaml')],
      { stdio: ['ignore', 'ignore', 'pipe'], env: { PATH: '/usr/bin:/bin', ...this.#environment } },
    )
    this.#process = child
    createInterface(child.stderr).on('line', text => this.log.push(parse(text)))
    if (connected)
      await this.until(
        () => this.log.slice(seen).some(({ message }) => message.startsWith('connected')),
        'connected',
      )
  }

  /** Wait until something is true. Throws with the log. */
  async until(isTrue: () => boolean, what: string, timeoutMs = 60_000): Promise<void> {
    for (const end = Date.now() + timeoutMs; !isTrue(); await sleep(20))
      if (Date.now() > end) throw new Error(`not ${what}:\n${JSON.stringify(this.log.slice(-20), null, 1)}`)
  }

  /** End the process, and return its exit code; null after SIGKILL. */
  async stop(signal: NodeJS.Signals = 'SIGTERM'): Promise<number | null> {
    const child = this.#process
    if (child === undefined || child.exitCode !== null) return child?.exitCode ?? null
    const ended = once(child, 'close')
    child.kill(signal)
    const [code] = await ended
    return code as number | null
  }

  /** The exit code of a process that ends by itself. */
  async ended(): Promise<number | null> {
    const child = this.#process
    if (child && child.exitCode === null && child.signalCode === null) await once(child, 'close')
    return child?.exitCode ?? null
  }

  /** Run another command of `edgekit devices` with its settings, except for those that the service chose itself. */
  async edgekit(...args: string[]): Promise<{ exitCode: number | null; stdout: string; stderr: string }> {
    const port = new URL(this.url).port
    const file = join(this.#directory, 'client.yaml')
    await writeFile(file, `database: { path: ${this.database} }\nhttp: { port: ${port} }\n`)
    const child = spawn(process.execPath, ['bin/edgekit.js', 'devices', ...args, '--settings', file], {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { PATH: '/usr/bin:/bin' },
    })
    const [stdout, stderr, [exitCode]] = await Promise.all([
      readText(child.stdout),
      readText(child.stderr),
      once(child, 'close'),
    ])
    return { exitCode: exitCode as number | null, stdout, stderr }
  }

  get token(): string {
    return readFileSync(join(this.#directory, 'token'), 'utf8').trim()
  }

  /** Where its HTTP interface is, once it listens. */
  get url(): string {
    const line = this.log.findLast(({ message }) => message === 'listening')
    return `http://${String(line?.['address'])}`
  }

  /** Send a request with the token, or with other headers instead. Throws unless the response is as documented. */
  async request(
    method: string,
    path: string,
    body?: object | string,
    headers: Record<string, string> = {},
  ): Promise<Response> {
    const response = await fetch(`${this.url}${path}`, {
      method,
      headers: { authorization: `Bearer ${this.token}`, ...headers },
      ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    })
    const { status } = response
    const type = response.headers.get('content-type') ?? ''
    // Not the application of the service, but its parser.
    if (status !== 431) checkResponse(method, path, { status, type, text: await response.clone().text() })
    return response
  }

  rows(query: string): Record<string, unknown>[] {
    using database = new DatabaseSync(this.database, { timeout: 5_000 })
    return database
      .prepare(query)
      .all()
      .map(row => ({ ...row }))
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop('SIGKILL')
    await rm(this.#directory, { recursive: true, force: true })
  }
}

/** An error that ends the service is text. */
const parse = (text: string): Line => (text.startsWith('{') ? (JSON.parse(text) as Line) : { message: text })
