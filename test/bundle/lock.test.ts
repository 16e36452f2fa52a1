import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { execa } from 'execa'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { type SmallBundle, smallBundle, smallDefinition } from '../../lab/bundles/small-bundle.ts'
import { startFront } from '../../lab/registry/front.ts'
import type { Manifest } from '../../src/bundle/manifest.ts'
import { digestOf } from '../../src/oci/digest.ts'
import { jsonOutput } from '../json-output.ts'
import { besidesProgress } from '../progress.ts'

let small: SmallBundle
beforeAll(async () => {
  small = await smallBundle()
}, 300_000)
afterAll(() => small.remove())

let directory: string
beforeEach(async () => {
  directory = await mkdtemp(join(small.directory, 'definition-'))
  await writeFile(join(directory, 'my.yaml'), smallDefinition)
  await small.push('library/eclipse-mosquitto', '2.0')
})

const edgekit = async (args: string, registry = small.registry.url) => {
  const command = [...args.split(' '), '-f', 'my.yaml', '--registry-mirror', `docker.io=${registry}`]
  const { exitCode, stdout, stderr } = await execa(small.edgekit, command, { cwd: directory, reject: false })
  return { exitCode, stdout, progress: stderr, stderr: besidesProgress(stderr).replaceAll(/\s*\n\s*/g, ' ') }
}
const bundle = async (options = '') => edgekit(`bundle --arch arm64 -o out${options}`)
const lockText = () => readFile(join(directory, 'edgekit.lock'), 'utf8')

/** A member of the bundle that was built last. */
async function member(path: string): Promise<string> {
  const archive = join(directory, 'out/kubeedge-edge-v1.22.0-arm64.tar.gz')
  const { stdout } = await execa('tar', ['xzOf', archive, path], { stripFinalNewline: false })
  return stdout
}
const manifest = async (): Promise<Manifest> => JSON.parse(await member('bundle.json'))

test('builds what is locked, even if the tag has moved', async () => {
  expect(await edgekit('lock')).toMatchObject({
    exitCode: 0,
    stdout: expect.stringContaining('2 images and 0 other files pinned for amd64 and arm64'),
  })
  const before = await lockText()
  const again = await edgekit('lock --json')
  expect(jsonOutput('lock', again.stdout).lockDigest).toBe(digestOf(Buffer.from(before)))
  expect(await lockText()).toBe(before)
  await small.push('library/eclipse-mosquitto', '2.0')

  expect(await bundle(' --frozen')).toMatchObject({ exitCode: 0, stderr: '' })
  const locked = await manifest()
  expect(locked.lockDigest).toBe(digestOf(Buffer.from(before)))
  expect(await member('meta/edgekit.lock')).toBe(before)
  expect(before).toContain(locked.images[0]?.digest)
  expect(before).toContain(locked.images[0]?.manifestDigest)
  // The node knows it by its tag all the same.
  expect(locked.images[0]).toMatchObject({
    reference: 'docker.io/library/eclipse-mosquitto:2.0',
    archive: 'images/eclipse-mosquitto-2.0.tar',
  })
  await mkdir(join(directory, 'image'))
  const archive = join(directory, 'out/kubeedge-edge-v1.22.0-arm64.tar.gz')
  await execa('sh', ['-c', `tar xzOf ${archive} images/eclipse-mosquitto-2.0.tar | tar x -C image`], {
    cwd: directory,
  })
  const { manifests } = JSON.parse(await readFile(join(directory, 'image/index.json'), 'utf8'))
  expect(
    manifests.map(
      (entry: { annotations: Record<string, string> }) => entry.annotations['io.containerd.image.name'],
    ),
  ).toEqual([
    'docker.io/library/eclipse-mosquitto:2.0',
    `docker.io/library/eclipse-mosquitto@${locked.images[0]?.digest}`,
  ])

  await edgekit('lock')
  expect(await lockText()).not.toBe(before)
})

test('does not resolve tags that are locked', async () => {
  await edgekit('lock')
  await using front = await startFront(small.registry.url)
  expect(await edgekit('bundle --arch arm64 -o out --cache fresh', front.url)).toMatchObject({ exitCode: 0 })
  const asked = front.requests.filter(request => request.includes('/manifests/'))
  expect(asked.length).toBeGreaterThan(0)
  expect(asked.filter(request => !request.includes('/manifests/sha256:'))).toEqual([])
})

test('without a lock, uses current tags and records them in the bundle', async () => {
  expect(await bundle()).toMatchObject({
    exitCode: 0,
    progress: expect.stringContaining('no edgekit.lock, using current tags'),
  })
  const { lockDigest, images } = await manifest()
  const carried = await member('meta/edgekit.lock')
  expect(digestOf(Buffer.from(carried))).toBe(lockDigest)
  expect(carried).toContain(images[0]?.digest)
  expect(await readdir(directory)).not.toContain('edgekit.lock')

  const first = await readFile(join(directory, 'out/kubeedge-edge-v1.22.0-arm64.tar.gz'))
  await small.push('library/eclipse-mosquitto', '2.0')
  await writeFile(join(directory, 'carried.lock'), carried)
  await rm(join(directory, 'out'), { recursive: true })
  expect(await bundle(' --frozen --lock carried.lock')).toMatchObject({ exitCode: 0 })
  const second = await readFile(join(directory, 'out/kubeedge-edge-v1.22.0-arm64.tar.gz'))
  expect(second.equals(first)).toBe(true)
})

describe('--frozen', () => {
  test('fails without a lock', async () => {
    expect(await bundle(' --frozen')).toMatchObject({
      exitCode: 2,
      stderr: expect.stringContaining(`cannot read ${join(directory, 'edgekit.lock')}: no such file`),
    })
    expect(await readdir(directory)).not.toContain('out')
  })

  test('fails when the definition has changed, and lists every difference', async () => {
    await edgekit('lock')
    await writeFile(
      join(directory, 'my.yaml'),
      `${smallDefinition.replace(']', ', other:1]')}kubeedge: v1.23.0\n`,
    )
    const { exitCode, stderr } = await bundle(' --frozen')
    expect(exitCode).toBe(3)
    expect(stderr).toContain('edgekit.lock does not match my.yaml')
    for (const entry of [
      'kubeedge: v1.22.0 in the lock, v1.23.0 in the definition',
      'docker.io/library/other:1: not in the lock',
      'docker.io/kubeedge/installation-package:v1.23.0: not in the lock',
      'docker.io/kubeedge/installation-package:v1.22.0: not in the definition',
    ])
      expect(stderr).toContain(entry)
  })

  test('fails when the lock was edited', async () => {
    await edgekit('lock')
    const [, digest = ''] = /linux\/arm64: (sha256:\w+)/.exec(await lockText()) ?? []
    await writeFile(
      join(directory, 'edgekit.lock'),
      (await lockText()).replace(digest, `sha256:${'0'.repeat(64)}`),
    )
    expect(await bundle(' --frozen')).toMatchObject({
      exitCode: 3,
      stderr: expect.stringContaining(`its manifest for linux/arm64 is ${digest}, expected sha256:000`),
    })
    expect(await readdir(directory)).not.toContain('out')
  })

  test('without it, resolves the rest now and reports the differences', async () => {
    await edgekit('lock')
    const before = await lockText()
    await small.push('library/eclipse-mosquitto', '2.0')
    await small.push('library/other', '1')
    await writeFile(join(directory, 'my.yaml'), smallDefinition.replace(']', ', other:1]'))
    const { exitCode, progress } = await bundle()
    expect(exitCode).toBe(0)
    expect(progress).toContain('does not match, run edgekit lock: docker.io/library/other:1: not in the lock')
    const { images } = await manifest()
    expect(before).toContain(images[0]?.digest)
    expect(await lockText()).toBe(before)
  })
})
