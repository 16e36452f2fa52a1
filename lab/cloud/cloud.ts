import { type ChildProcess, spawn } from 'node:child_process'
import { createPrivateKey } from 'node:crypto'
import { once } from 'node:events'
import { mkdtemp, open, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { LabNode } from '../machine/node.ts'
import { sh } from '../shell.ts'
import { writeAuthority } from './authority.ts'
import { joinToken } from './join-token.ts'
import { CloudNetwork, cloudAddress } from './network.ts'
import { type CloudSettings, files } from './settings.ts'

const main = fileURLToPath(new URL('main.ts', import.meta.url))
const aDay = 86_400_000

/** A cloud beside the nodes of the lab: the stand-in for CloudCore in a network namespace of its own. */
export interface LabCloud extends AsyncDisposable {
  /** HOST:PORT for `--cloudcore`. */
  readonly cloudcore: string
  readonly network: CloudNetwork
  /** A token for a node, valid until `expiresAt`, milliseconds since 1970; a day from now unless given. */
  token(expiresAt?: number): Promise<string>
  /** Behave differently from now on. */
  set(settings: Partial<CloudSettings>): Promise<void>
  start(): Promise<void>
  stop(): Promise<void>
  /** A new authority and server certificate: tokens and nodes of before are strangers then. `from`: valid from then on. */
  renew(from?: Date): Promise<void>
  /** The names of the nodes that the cluster has. */
  nodes(): Promise<string[]>
  /** Make the cluster have these nodes and no others. */
  setNodes(...names: readonly string[]): Promise<void>
  log(): Promise<string>
}

/** A running cloud with these nodes plugged in. */
export async function startCloud(...nodes: readonly LabNode[]): Promise<LabCloud> {
  const directory = await mkdtemp(join(tmpdir(), 'edgekit-lab-cloud-'))
  const network = await CloudNetwork.create()
  const path = (name: keyof typeof files): string => join(directory, files[name])
  let core: ChildProcess | undefined
  const cloud: LabCloud = {
    cloudcore: `${cloudAddress}:10000`,
    network,
    async token(expiresAt = Date.now() + aDay) {
      const [ca, key] = await Promise.all([readFile(path('ca'), 'utf8'), readFile(path('caKey'), 'utf8')])
      return joinToken(ca, createPrivateKey(key), expiresAt)
    },
    set: settings => writeFile(path('settings'), JSON.stringify(settings)),
    async start() {
      const log = await open(path('log'), 'a')
      const how = ['netns', 'exec', network.namespace, process.execPath, main, directory]
      core = spawn('ip', how, { stdio: ['ignore', log.fd, log.fd] })
      await log.close()
      const listening = () => sh`ip netns exec ${network.namespace} ss -ltnH`.text()
      for (const end = Date.now() + 20_000; ; ) {
        if (/:10000 /.test(await listening())) return
        if (core.exitCode !== null || Date.now() > end) throw new Error(`no cloud:\n${await cloud.log()}`)
        await new Promise(resolve => setTimeout(resolve, 50))
      }
    },
    async stop() {
      if (!core || core.exitCode !== null) return
      core.kill('SIGTERM')
      await once(core, 'exit')
    },
    async renew(from) {
      await writeAuthority(directory, cloudAddress, from)
    },
    nodes: async () => (await readFile(path('nodes'), 'utf8')).split('\n').filter(Boolean),
    setNodes: (...names) => writeFile(path('nodes'), names.map(name => `${name}\n`).join('')),
    log: () => readFile(path('log'), 'utf8').catch(() => ''),
    async [Symbol.asyncDispose]() {
      await cloud.stop()
      await network[Symbol.asyncDispose]()
      await rm(directory, { recursive: true, force: true })
    },
  }
  try {
    await cloud.setNodes()
    await cloud.set({})
    await cloud.renew()
    for (const node of nodes) await network.plugIn(node)
    await cloud.start()
    return cloud
  } catch (error) {
    await cloud[Symbol.asyncDispose]()
    throw error
  }
}
