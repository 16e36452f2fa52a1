import { cp, mkdtemp, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { execa } from 'execa'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type SmallBundle, smallBundle } from '../../lab/bundles/small-bundle.ts'

let small: SmallBundle
beforeAll(async () => {
  small = await smallBundle()
  await Promise.all([small.push('pause', '3.8'), small.push('line-control', '4.1')])
}, 300_000)
afterAll(() => small.remove())

/** Run edgekit in a copy of `examples/`, with one registry in place of all that they name. */
async function inExamples() {
  const directory = await mkdtemp(join(small.directory, 'examples-'))
  await cp('examples', directory, { recursive: true })
  const mirrors = ['docker.io', 'registry.k8s.io', 'registry.example'].flatMap(host => [
    '--registry-mirror',
    `${host}=${small.registry.url}`,
  ])
  return {
    edgekit: (command: string) =>
      execa(small.edgekit, [...command.split(' '), '--cache', 'cache', ...mirrors], { cwd: directory }),
    members: async (bundle: string) =>
      (await execa('tar', ['tzf', bundle], { cwd: directory })).stdout.split('\n'),
    read: (path: string) => readFile(join(directory, path)),
  }
}

const bundleName = 'kubeedge-edge-v1.22.0-arm64.tar.gz'

test('edge.yaml builds a bundle with its own image and file', async () => {
  const { edgekit, members } = await inExamples()
  await edgekit('bundle -f edge.yaml --arch arm64 -o dist')
  expect(await members(`dist/${bundleName}`)).toEqual(
    expect.arrayContaining(['images/line-control-4.1.tar', 'images/pause-3.8.tar', 'files/site.conf']),
  )
})

test('air-gapped/edgekit.yaml builds the same bundle from the lock and the cache, without a registry', async () => {
  const { edgekit, members, read } = await inExamples()
  await edgekit('lock -f air-gapped/edgekit.yaml')
  await edgekit('bundle -f air-gapped/edgekit.yaml --frozen -o online')
  await edgekit('bundle -f air-gapped/edgekit.yaml --frozen --offline -o offline')
  expect(await members(`offline/${bundleName}`)).toContain('meta/edgekit.lock')
  expect((await read(`offline/${bundleName}`)).equals(await read(`online/${bundleName}`))).toBe(true)
})
