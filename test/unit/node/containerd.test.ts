import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { localContainerd } from '../../../src/node/containerd.ts'
import { parseTable } from '../../../src/node/ctr-table.ts'
import type { Processes } from '../../../src/node/processes.ts'

const fixture = (name: string): string => readFileSync(`test/fixtures/ctr/${name}`, 'utf8')

/** A machine whose `ctr` prints what was taken from a node in this state. */
function ctrIn(state: string): Processes {
  const attempt: Processes['attempt'] = async (_, [, namespace, ...args]) => {
    expect(namespace).toBe('k8s.io')
    const exitCode = args.join() === 'images,check' && /^(config|index)-/.test(state) ? 1 : 0
    return { exitCode, stdout: fixture(`${state}.${args.join('-')}`), stderr: '' }
  }
  return {
    attempt,
    async run(file, args, options) {
      const result = await attempt(file, args, options)
      if (result.exitCode !== 0) throw new Error(`exit code ${result.exitCode}`)
      return result
    },
  }
}

const anywhere = async () => true
const digest = 'sha256:77380a2a1a385e62de90b8ec710bb75de2f8683136013ef67e071d6aff496ce5'
const reference = 'docker.io/library/eclipse-mosquitto:2.0'
const platforms = 'linux/386,linux/amd64,linux/arm64/v8,unknown/unknown'
const managed = 'io.cri-containerd.image=managed'

test.each([
  [
    'images ls',
    'running.images-ls',
    {
      REF: reference,
      TYPE: 'application/vnd.oci.image.index.v1+json',
      DIGEST: digest,
      SIZE: '6.7 MiB',
      PLATFORMS: platforms,
      LABELS: `${managed},io.cri-containerd.pinned=pinned`,
    },
  ],
  ['a platform that is only a dash', 'index-missing.images-ls', { SIZE: '1.8 KiB', PLATFORMS: '-' }],
  [
    'images check',
    'running.images-check',
    { REF: reference, STATUS: 'complete (3/3)', SIZE: '6.7 MiB/6.7 MiB', UNPACKED: 'true' },
  ],
  ['a layer missing', 'layer-missing.images-check', { STATUS: 'incomplete (2/3)', SIZE: '1.0 MiB/6.7 MiB' }],
  ['the index missing', 'index-missing.images-check', { STATUS: 'unavailable (0/?)', SIZE: '0.0 B/?' }],
  ['tasks ls', 'running.tasks-ls', { TASK: 'mosquitto', PID: '1006', STATUS: 'RUNNING' }],
])('a row of %s', (_, file, row) => {
  expect(parseTable(fixture(file))[0]).toMatchObject(row)
})

test.each([
  ['no output', ''],
  ['only the headings', fixture('nothing.images-ls')],
  ['only the headings of another', fixture('nothing.tasks-ls')],
])('no rows: %s', (_, text) => {
  expect(parseTable(text)).toEqual([])
})

test('every row is there, under its name', () => {
  expect(parseTable(fixture('running.images-ls')).map(row => row['REF'])).toEqual([
    reference,
    `docker.io/library/eclipse-mosquitto@${digest}`,
    'sha256:399b8f919e69ec6cc2263221025257c87bcea7e98fccfd1072b4ad231cc8e88a',
  ])
})

test.each([
  ['running', { complete: true, unpacked: true, pinned: true }],
  ['layer-missing', { complete: false, unpacked: true, pinned: true }],
  ['config-missing', { complete: false, unpacked: false, pinned: true }],
  ['index-missing', { complete: false, unpacked: false, pinned: true }],
  ['not-unpacked', { complete: true, unpacked: false, pinned: false }],
])('the image when the node is in the state %s', async (state, expected) => {
  const images = await localContainerd(ctrIn(state), anywhere).images()
  expect(images.find(image => image.reference === reference)).toMatchObject({
    reference,
    digest,
    ...expected,
  })
})

test('each name has its own label: the one that CRI gives is not pinned', async () => {
  const images = await localContainerd(ctrIn('running'), anywhere).images()
  expect(images.map(({ pinned }) => pinned)).toEqual([true, true, false])
})

test('the platforms of an image, and none where containerd cannot tell', async () => {
  const platformsIn = async (state: string) =>
    (await localContainerd(ctrIn(state), anywhere).images())[0]?.platforms
  expect(await platformsIn('running')).toEqual(platforms.split(','))
  expect(await platformsIn('index-missing')).toEqual([])
})

test('no images', async () => {
  expect(await localContainerd(ctrIn('nothing'), anywhere).images()).toEqual([])
})

test.each([
  ['the usual socket', ['/run/containerd/containerd.sock'], []],
  ['no socket at all', [], []],
  ['both', ['/run/containerd/containerd.sock', '/run/k3s/containerd/containerd.sock'], []],
  [
    "that of k3s' containerd alone",
    ['/run/k3s/containerd/containerd.sock'],
    ['--address', '/run/k3s/containerd/containerd.sock'],
  ],
])('where there is %s', async (_, sockets, before) => {
  const calls: (readonly string[])[] = []
  const run: Processes['run'] = async (_, args) => {
    calls.push(args)
    return { exitCode: 0, stdout: '', stderr: '' }
  }
  const containerd = localContainerd({ run, attempt: run }, async path => sockets.includes(path))
  await containerd.images()
  await containerd.importImage('archive.tar', 'linux/amd64')
  expect(calls.filter(args => args.length > 0).map(args => args.slice(0, before.length))).toEqual(
    calls.filter(args => args.length > 0).map(() => before),
  )
  expect(await containerd.socket()).toBe(before[1] ?? '/run/containerd/containerd.sock')
})
