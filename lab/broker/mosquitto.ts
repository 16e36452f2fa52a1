import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { waitForBroker } from '../../src/broker/probe.ts'
import { brokerProgram } from './programs.ts'

export interface LabMosquitto extends AsyncDisposable {
  port: number
  /** Its configuration directory on this machine. */
  directory: string
  /** Sends SIGHUP. */
  reload(): void
}

/** Runs the mosquitto of the broker image on this machine, on a free port of 127.0.0.1. `files` are beside its configuration. */
export async function startMosquitto(
  config: string,
  files: Readonly<Record<string, string>>,
): Promise<LabMosquitto> {
  const directory = await mkdtemp(join(tmpdir(), 'edgekit-mosquitto-'))
  for (const [name, text] of Object.entries(files)) await writeFile(join(directory, name), text)
  const port = await freePort()
  await writeFile(join(directory, 'mosquitto.conf'), `user root\nlistener ${port} 127.0.0.1\n${config}`)
  const [file, ...args] = await brokerProgram('/usr/sbin/mosquitto')
  const broker = spawn(file, [...args, '-c', 'mosquitto.conf'], { cwd: directory, stdio: 'ignore' })
  await waitForBroker({ host: '127.0.0.1', port }, 10_000)
  return {
    port,
    directory,
    reload: () => void broker.kill('SIGHUP'),
    async [Symbol.asyncDispose]() {
      broker.kill('SIGKILL')
      await once(broker, 'exit')
      await rm(directory, { recursive: true })
    },
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  server.close()
  return typeof address === 'object' && address ? address.port : 0
}
