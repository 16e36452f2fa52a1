import { randomUUID } from 'node:crypto'
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { execa } from 'execa'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { lightEdgekit } from '../../lab/bundles/light-edgekit.ts'
import { standInEdgecore } from '../../lab/edgecore/index.ts'
import { writeServerCertificate } from '../../lab/machine/certificates.ts'
import { type Front, startFront } from '../../lab/registry/front.ts'
import { labRegistry, mirrorFlags } from '../../lab/registry/lab-registry.ts'
import { harbor } from '../../lab/registry/products.ts'
import { startProxy } from '../../lab/registry/proxy.ts'
import type { LabRegistry } from '../../lab/registry/registry.ts'
import { digestOf } from '../../src/oci/digest.ts'
import { besidesProgress } from '../progress.ts'

let directory: string
let executable: string
let server: LabRegistry
let front: Front
let authority: string

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'edgekit-options-'))
  ;[executable, server] = await Promise.all([
    lightEdgekit(directory),
    standInEdgecore().then(edgecore => labRegistry(edgecore)),
  ])
  const issued = await writeServerCertificate(directory, ['registry.test'])
  authority = issued.authority
  const [key, cert] = await Promise.all([issued.key, issued.certificate].map(file => readFile(file, 'utf8')))
  front = await startFront(server.url, undefined, { key: key as string, cert: cert as string })
}, 600_000)
afterAll(async () => {
  await front[Symbol.asyncDispose]()
  await server.stop()
  await rm(directory, { recursive: true })
})

async function bundle(
  options: string[],
  env: Record<string, string> = {},
  parent = directory,
  arch = 'arm64',
) {
  const output = await mkdtemp(join(parent, 'out-'))
  const args = ['bundle', 'edge', '--arch', arch, '-o', output, ...options]
  const { exitCode, stderr } = await execa(executable, args, { reject: false, env })
  return { exitCode, stderr: besidesProgress(stderr), output, files: await readdir(output) }
}

test('--offline builds the same bundle from a cache filled over TLS and a proxy', async () => {
  await using proxy = await startProxy(Number(new URL(front.url).port))
  const cache = ['--cache', join(directory, 'cache')]
  const mirror = [...mirrorFlags('https://registry.test'), '--ca-file', authority]
  const online = await bundle([...cache, ...mirror], { HTTPS_PROXY: proxy.url })
  expect(online).toMatchObject({ exitCode: 0, stderr: '' })
  expect(new Set(proxy.requests)).toEqual(new Set(['CONNECT registry.test:443']))
  const offline = await bundle([...cache, '--offline'], { HTTPS_PROXY: 'http://127.0.0.1:1' })
  expect(offline).toMatchObject({ exitCode: 0, stderr: '', files: online.files })
  const [first, second] = await Promise.all(
    [online, offline].map(async ({ output, files }) =>
      digestOf(await readFile(join(output, files[0] as string))),
    ),
  )
  expect(second).toBe(first)
})

test('reports a full output disk, and leaves nothing there', async () => {
  const disk = await mkdtemp(join(directory, 'disk-'))
  await execa('mount', ['-t', 'tmpfs', '-o', 'size=8m', `edgekit-${randomUUID()}`, disk])
  try {
    const mirror = mirrorFlags(server.url)
    const built = await bundle(['--cache', join(directory, 'full'), ...mirror], {}, disk, 'amd64')
    expect(built).toMatchObject({ exitCode: 3, files: [] })
    expect(built.stderr.replaceAll('\n', ' ')).toContain(
      `cannot write the bundle to ${built.output}: no space left`,
    )
    expect(built.stderr).toContain('--output')
  } finally {
    await execa('umount', [disk])
  }
})

test('refuses an output directory that is not writable', async () => {
  const args = ['bundle', 'edge', '--arch', 'arm64', '-o', '/proc/nope', '--offline']
  const { exitCode, stderr } = await execa(executable, args, { reject: false, timeout: 60_000 })
  expect(stderr).toContain('cannot write to /proc/nope: no such file or directory')
  expect(exitCode).toBe(2)
})

test('removes the output directories it created when the build fails', async () => {
  const site = await mkdtemp(join(directory, 'made-'))
  await mkdir(join(site, 'there'))
  const offline = ['--offline', '--cache', join(directory, 'empty')]
  const args = ['bundle', 'edge', '--arch', 'arm64', '-o', 'there/a/b', ...offline]
  expect((await execa(executable, args, { reject: false, cwd: site })).exitCode).toBe(3)
  expect(await readdir(site, { recursive: true })).toEqual(['there'])
})

test.each<[string, () => string[], number, RegExp]>([
  [
    'an empty cache and --offline',
    () => ['--offline', '--cache', join(directory, 'empty')],
    3,
    /cannot fetch with --offline, not in the cache:\n +docker.io\/kubeedge\/installation-package:v1.22.0: never fetched into\s+this cache\n +docker.io\/library\/eclipse-mosquitto:2.0: never/,
  ],
  [
    'an authority nobody knows',
    () => [...mirrorFlags(front.url), '--cache', join(directory, 'empty')],
    3,
    /its certificate is not\s+trusted/,
  ],
  [
    'a CA file that is not there',
    () => ['--ca-file', '/absent.pem'],
    2,
    /cannot read --ca-file \/absent.pem: no such file or\s+directory/,
  ],
  [
    'a cache where nothing can be made',
    () => [...mirrorFlags(server.url), '--cache', '/proc/nope'],
    3,
    /cannot write to the cache \/proc\/nope:\s+no\s+such\s+file\s+or\s+directory/,
  ],
  [
    'a cache that cannot be',
    () => [...mirrorFlags(server.url), '--cache', authority],
    3,
    /cannot write to the cache [\s\S]*not\s+a\s+directory/,
  ],
])(
  '%s: fails with a message, and leaves nothing in the output directory',
  async (_, options, exitCode, message) => {
    const { files, ...result } = await bundle(options())
    expect(result).toMatchObject({ exitCode, stderr: expect.stringMatching(message) })
    expect(files).toEqual([])
  },
)

test.each<[string, () => [definition: string, flags: string[]], number]>([
  ['is asked instead', () => [server.url, []], 0],
  ['is asked and nobody else', () => ['http://127.0.0.1:1', []], 3],
  ['comes after the one on the command line', () => ['http://127.0.0.1:1', mirrorFlags(server.url)], 0],
])('a mirror in the definition %s', async (_, options, expected) => {
  const [mirror, flags] = options()
  const site = await mkdtemp(join(directory, 'site-'))
  const definition = `extends: edge\nimages: [eclipse-mosquitto:2.0]\nmirrors: { docker.io: "${mirror}" }\n`
  await writeFile(join(site, 'my.yaml'), definition)
  const args = ['lock', '-f', 'my.yaml', '--cache', 'cache', ...flags]
  const { exitCode, stderr } = await execa(executable, args, { reject: false, cwd: site })
  expect(exitCode, stderr).toBe(expected)
  if (expected !== 0) expect(stderr).toContain('127.0.0.1:1')
})

test.each([
  ['/dockerhub', 0, ''],
  ['/v2/dockerhub', 0, ''],
  ['/elsewhere', 3, 'HTTP 404: NOT_FOUND (project elsewhere not found)'],
])('a Harbor project in the definition, as %s', async (path, expected, message) => {
  await using mirror = await startFront(server.url, harbor('dockerhub'))
  const site = await mkdtemp(join(directory, 'site-'))
  const mirrors = `mirrors: { docker.io: "${mirror.url}${path}" }\n`
  await writeFile(join(site, 'my.yaml'), `extends: edge\nimages: [eclipse-mosquitto:2.0]\n${mirrors}`)
  const args = ['lock', '-f', 'my.yaml', '--cache', 'cache']
  const { exitCode, stderr } = await execa(executable, args, { reject: false, cwd: site })
  expect(exitCode, stderr).toBe(expected)
  expect(stderr.replaceAll(/\s+/g, ' ')).toContain(message)
})
