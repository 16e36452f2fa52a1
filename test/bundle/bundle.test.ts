import { createHash } from 'node:crypto'
import { chmod, copyFile, mkdir, mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { execa } from 'execa'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { labBundle, unpackedLabBundle } from '../../lab/bundles/bundle.ts'
import { edgekitExecutable } from '../../lab/bundles/executable.ts'
import { lightEdgekit } from '../../lab/bundles/light-edgekit.ts'
import { standInEdgecore } from '../../lab/edgecore/index.ts'
import { labRegistry, mirrorFlags } from '../../lab/registry/lab-registry.ts'
import type { LabRegistry } from '../../lab/registry/registry.ts'
import { type Manifest, parseManifest } from '../../src/bundle/manifest.ts'
import { exitCodes } from '../../src/lib/exit-codes.ts'

let registry: LabRegistry
let scratch: string
let light: string

beforeAll(async () => {
  registry = await labRegistry(await standInEdgecore())
  scratch = await mkdtemp(join(tmpdir(), 'edgekit-bundle-'))
  light = await lightEdgekit(await mkdtemp(join(scratch, 'light-')))
})

afterAll(async () => {
  await registry.stop()
  await rm(scratch, { recursive: true, force: true })
})

const sha256 = async (path: string) =>
  createHash('sha256')
    .update(await readFile(path))
    .digest('hex')

const bundle = async (
  output: string,
  options: { edgekit?: string; arch?: string; mirrors?: string[] } = {},
) => {
  const { edgekit = await edgekitExecutable(), arch = 'amd64', mirrors = mirrorFlags(registry.url) } = options
  const args = ['bundle', 'edge', '--arch', arch, '-o', output, '--cache', join(scratch, 'cache'), ...mirrors]
  return execa(edgekit, args, { reject: false })
}

const manifestOf = async (directory: string): Promise<Manifest> =>
  parseManifest(await readFile(join(directory, 'bundle.json'), 'utf8'))

test('contains exactly what an edge node needs', async () => {
  const { stdout } = await execa('tar', ['tzf', await labBundle()])
  expect(stdout.split('\n')).toEqual([
    'bundle.json',
    'meta/sbom.cdx.json',
    'edgekit',
    'meta/version.txt',
    'meta/edgekit.lock',
    'meta/licenses.txt',
    'bin/broker-option',
    'bin/clean-broker',
    'bin/prepare-broker',
    'bin/wait-broker',
    'bin/check-broker-port',
    'config/kubeedge/edgecore-config.yaml',
    'config/mosquitto/mosquitto.conf',
    'systemd/mosquitto.service',
    'systemd/edgecore.service',
    'systemd/edgecore.service.d/10-edgekit.conf',
    'bin/edgekit',
    'bin/edgecore',
    'bin/keadm',
    'images/eclipse-mosquitto-2.0.tar',
    ...['3.6', '3.8', '3.10'].map(version => `images/pause-${version}.tar`),
  ])
})

test('the manifest lists size, mode and hash of every file', async () => {
  const directory = await unpackedLabBundle()
  const { files } = await manifestOf(directory)
  const list = await execa('find', ['.', '-type', 'f', '-printf', '%P %s %m\\n'], { cwd: directory })
  const found = list.stdout.split('\n').filter(line => !line.startsWith('bundle.json '))
  expect(files.map(({ path, size, mode }) => `${path} ${size} ${mode.toString(8)}`).toSorted()).toEqual(
    found.toSorted(),
  )
  for (const file of files) expect(await sha256(join(directory, file.path))).toBe(file.sha256)
})

test('the digest of an image is the one in the registry', async () => {
  const { images } = await manifestOf(await unpackedLabBundle())
  const asked = images.map(async ({ reference }) => {
    const [, repository, tag] = /^[^/]+\/(.+):(.+)$/.exec(reference) ?? []
    const answer = await fetch(`${registry.url}/v2/${repository}/manifests/${tag}`, {
      headers: { accept: 'application/vnd.oci.image.index.v1+json' },
    })
    return [reference, answer.headers.get('docker-content-digest')]
  })
  expect(images).toHaveLength(4)
  expect(images.map(({ reference, digest }) => [reference, digest])).toEqual(await Promise.all(asked))
})

test('is reproducible in another directory, as another user, with another umask and time zone', async () => {
  const output = join(scratch, 'again')
  await mkdir(output)
  await chmod(output, 0o777)
  await chmod(scratch, 0o755)
  // A copy, because that user cannot read a cache of root.
  const edgekit = join(scratch, 'edgekit')
  await copyFile(await edgekitExecutable(), edgekit)
  const args = [
    'bundle',
    'edge',
    '--arch',
    'amd64',
    '-o',
    output,
    '--cache',
    join(output, 'cache'),
    ...mirrorFlags(registry.url),
  ]
  const script = 'umask 077; exec setpriv --reuid 65534 --regid 65534 --clear-groups "$@"'
  await execa('sh', ['-c', script, 'sh', edgekit, ...args], {
    // Nor may it be able to read the checkout.
    cwd: scratch,
    env: { TZ: 'Asia/Tokyo', HOME: '/nowhere' },
  })
  const name = 'kubeedge-edge-v1.22.0-amd64.tar.gz'
  expect(await readdir(output)).toEqual(['cache', name, `${name}.sha256`])
  expect(await sha256(join(output, 'kubeedge-edge-v1.22.0-amd64.tar.gz'))).toBe(
    await sha256(await labBundle()),
  )
})

test('a bundle for arm64 refuses an amd64 node first of all', async () => {
  const output = join(scratch, 'arm64')
  const without = await bundle(output, { arch: 'arm64' })
  expect(without.exitCode).toBe(exitCodes.usage)
  expect(without.stderr).toContain('npm run build:sea -- --arch arm64')

  expect((await bundle(output, { edgekit: light, arch: 'arm64' })).exitCode).toBe(exitCodes.ok)
  const unpacked = join(scratch, 'unpacked-arm64')
  await mkdir(unpacked)
  await execa('tar', ['xzf', join(output, 'kubeedge-edge-v1.22.0-arm64.tar.gz'), '-C', unpacked])
  const launched = await execa(join(unpacked, 'edgekit'), ['install'], { reject: false })
  expect(launched.exitCode).toBe(exitCodes.refused)
  expect(launched.stderr).toContain('this bundle is for arm64, this node is amd64')
})

test.each([
  [
    'nobody answers',
    ['docker.io', 'registry.k8s.io'].flatMap(host => ['--registry-mirror', `${host}=http://127.0.0.1:1`]),
    exitCodes.refused,
    /cannot pull \S+ from http:\/\/127\.0\.0\.1:1: /,
  ],
  [
    'the mirror is no URL',
    ['--registry-mirror', 'docker.io'],
    exitCodes.usage,
    /invalid --registry-mirror docker\.io: not HOST=URL/,
  ],
])('leaves nothing behind when %s', async (_, mirrors, code, message) => {
  const output = await mkdtemp(join(scratch, 'failed-'))
  const { exitCode, stderr } = await bundle(output, { edgekit: light, arch: 'arm64', mirrors })
  expect(stderr.replaceAll(/\s+/g, ' ')).toMatch(message)
  expect(exitCode).toBe(code)
  expect(await readdir(output)).toEqual([])
})
