import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { openAsBlob } from 'node:fs'
import { mkdir, mkdtemp, open, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { blobPath, type Descriptor, readBlob, rootOf } from './oci.ts'

export interface LabRegistry {
  /** `127.0.0.1:PORT` */
  host: string
  /** `http://127.0.0.1:PORT` */
  url: string
  stop(): Promise<void>
}

/**
 * A real registry (distribution) on a free loopback port. It stores in `storage`, or in a temporary directory. It ends
 * with this process, however that ends.
 */
export async function startRegistry(
  options: { storage?: string; readOnly?: boolean } = {},
): Promise<LabRegistry> {
  const directory = await mkdtemp(join(tmpdir(), 'edgekit-registry-'))
  const storage = options.storage ?? join(directory, 'storage')
  await mkdir(storage, { recursive: true })
  const [config, log] = [join(directory, 'config.json'), join(directory, 'log')]
  await writeFile(config, JSON.stringify(configuration(storage, options.readOnly ?? false)))
  const output = await open(log, 'w')
  // The kernel sends the parent-death signal, so even SIGKILL of the tests leaves nothing behind.
  const command = ['--pdeathsig', 'KILL', 'docker-registry', 'serve', config]
  const child = spawn('setpriv', command, { stdio: ['ignore', output.fd, output.fd] })
  await output.close()
  const exited = once(child, 'exit')
  child.unref()
  const stop = async (): Promise<void> => {
    child.ref()
    if (child.exitCode === null && child.signalCode === null && child.kill('SIGKILL')) await exited
    await rm(directory, { recursive: true, force: true })
  }
  try {
    const host = await Promise.race([
      listening(log),
      exited.then(async () =>
        Promise.reject(new Error(`docker-registry ended: ${await readFile(log, 'utf8')}`)),
      ),
    ])
    return { host, url: `http://${host}`, stop }
  } catch (error) {
    await stop()
    throw error
  }
}

// https://distribution.github.io/distribution/about/configuration/ (JSON is YAML)
const configuration = (storage: string, readOnly: boolean): unknown => ({
  version: '0.1',
  log: { level: 'info' },
  storage: {
    filesystem: { rootdirectory: storage },
    maintenance: { uploadpurging: { enabled: false }, readonly: { enabled: readOnly } },
  },
  http: { addr: '127.0.0.1:0', secret: 'lab' },
})

/** The kernel assigns the port; the registry logs it when it is ready. */
async function listening(log: string): Promise<string> {
  for (const end = Date.now() + 20_000; Date.now() < end; await sleep(10)) {
    const [, host] = /listening on (127\.0\.0\.1:\d+)/.exec(await readFile(log, 'utf8')) ?? []
    if (host !== undefined) return host
  }
  throw new Error(`docker-registry does not listen: ${await readFile(log, 'utf8')}`)
}

/**
 * Push an image, a directory in OCI image layout, with all its platforms.
 * https://github.com/opencontainers/distribution-spec/blob/main/spec.md#push
 */
export async function pushImage(url: string, repository: string, tag: string, layout: string): Promise<void> {
  await pushManifest(`${url}/v2/${repository}`, layout, await rootOf(layout), tag)
}

interface AnyManifest {
  manifests?: Descriptor[]
  config?: Descriptor
  layers?: Descriptor[]
}

async function pushManifest(base: string, layout: string, manifest: Descriptor, name: string): Promise<void> {
  const body = await readBlob(layout, manifest.digest)
  const { manifests = [], config, layers = [] } = JSON.parse(body.toString()) as AnyManifest
  const blobs = new Map(
    [...(config === undefined ? [] : [config]), ...layers].map(blob => [blob.digest, blob]),
  )
  // Sequentially, because they share layers and docker-registry loses one of two concurrent uploads of a blob.
  for (const inner of manifests) await pushManifest(base, layout, inner, inner.digest)
  await Promise.all([...blobs.keys()].map(digest => pushBlob(base, layout, digest)))
  const headers = { 'content-type': manifest.mediaType }
  await expectStatus(await fetch(`${base}/manifests/${name}`, { method: 'PUT', headers, body }), 201)
}

async function pushBlob(base: string, layout: string, digest: string): Promise<void> {
  if ((await fetch(`${base}/blobs/${digest}`, { method: 'HEAD' })).status === 200) return
  const session = await expectStatus(await fetch(`${base}/blobs/uploads/`, { method: 'POST' }), 202)
  const location = new URL(session.headers.get('location') ?? '', base)
  location.searchParams.set('digest', digest)
  const body = await openAsBlob(blobPath(layout, digest))
  const headers = { 'content-type': 'application/octet-stream' }
  await expectStatus(await fetch(location, { method: 'PUT', headers, body }), 201)
}

async function expectStatus(response: Response, status: number): Promise<Response> {
  const text = await response.text()
  if (response.status !== status) throw new Error(`${response.url}: HTTP ${response.status} ${text}`)
  return response
}
