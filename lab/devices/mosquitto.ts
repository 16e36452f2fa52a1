import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmod, glob, mkdir, mkdtemp, open, readdir, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { waitForBroker } from '../../src/broker/probe.ts'
import { cached } from '../cache.ts'
import { brokerImage } from '../registry/images.ts'
import { sh } from '../shell.ts'

/** The mosquitto of the broker image on a port of this machine. Its port and data survive a restart. */
export class Mosquitto implements AsyncDisposable {
  readonly host = '127.0.0.1'
  readonly port: number
  readonly #directory: string
  readonly #command: readonly [string, ...string[]]
  #process: ChildProcess | undefined

  private constructor(port: number, directory: string, command: readonly [string, ...string[]]) {
    this.port = port
    this.#directory = directory
    this.#command = command
  }

  /** `settings` are the other lines of mosquitto.conf. */
  static async start(settings: readonly string[] = ['allow_anonymous true']): Promise<Mosquitto> {
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
    const broker = new Mosquitto(port, directory, await program('usr/sbin/mosquitto'))
    await broker.restart()
    return broker
  }

  async restart(): Promise<void> {
    const [loader, ...args] = this.#command
    this.#process = spawn(loader, [...args, '-c', join(this.#directory, 'mosquitto.conf')], {
      stdio: 'ignore',
    })
    await waitForBroker(this, 20_000)
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
    await rm(this.#directory, { recursive: true, force: true })
  }
}

/** A program of the broker image, with the libraries of the image. */
async function program(path: string): Promise<[string, ...string[]]> {
  const image = await brokerImage()
  const tree = await cached('broker-programs', [image, 'recipe 1'], directory => unpack(image, directory))
  const [[loader] = [], [libraries] = []] = await Promise.all(
    ['usr/lib*/ld-linux-*', 'usr/lib/*-linux-gnu'].map(pattern => Array.fromAsync(glob(join(tree, pattern)))),
  )
  if (loader === undefined || libraries === undefined) throw new Error('the broker image has no libraries')
  return [loader, '--library-path', libraries, join(tree, path)]
}

async function unpack(image: string, directory: string): Promise<void> {
  const blobs = join(image, 'blobs/sha256')
  await mkdir(directory, { recursive: true })
  for (const name of await readdir(blobs)) {
    await using blob = await open(join(blobs, name))
    const { buffer } = await blob.read(Buffer.alloc(2), 0, 2)
    // RFC 1952, section 2.3.1; all other blobs are JSON.
    if (buffer.equals(Buffer.from([0x1f, 0x8b])))
      await sh`tar --extract --gzip --file ${join(blobs, name)} --directory ${directory}`
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  server.close()
  await once(server, 'close')
  if (address === null || typeof address === 'string') throw new Error('no port')
  return address.port
}
