import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { program } from '../../../lab/bundles/program.ts'
import { type CniFacts, cniOf } from '../../../src/facts/cni.ts'
import { localFiles } from '../../../src/node/files.ts'
import { machineArch } from '../../../src/node/machine.ts'

const own = machineArch() === 'arm64' ? 'arm64' : 'amd64'
const foreign = own === 'arm64' ? 'amd64' : 'arm64'

let directory: string
const at = (name: string): string => join(directory, name)

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'edgekit-cni-'))
  for (const name of ['net.d', 'bin', 'more']) await mkdir(at(name))
  for (const name of ['bridge', 'host-local', 'loopback']) await writeFile(at(`bin/${name}`), program(own))
})
afterEach(() => rm(directory, { recursive: true }))

const found = async (): Promise<CniFacts | undefined> =>
  cniOf({ configs: at('net.d'), plugins: [at('bin'), at('more')] }, localFiles())

const bridge = { type: 'bridge', ipam: { type: 'host-local' } }
const list = (...plugins: object[]): string => JSON.stringify({ cniVersion: '0.4.0', name: 'edge', plugins })

test('there is no configuration: other files do not count', async () => {
  await writeFile(at('net.d/README'), 'nothing')
  expect(await found()).toBeUndefined()
})

test.each<[what: string, file: string, text: string, plugins: string[]]>([
  ['a list', '10-edge.conflist', list(bridge), ['bridge', 'host-local', 'loopback']],
  [
    'one network',
    '10-edge.conf',
    JSON.stringify({ name: 'edge', ...bridge }),
    ['bridge', 'host-local', 'loopback'],
  ],
  [
    'JSON as the end of the name',
    '10-edge.json',
    JSON.stringify(bridge),
    ['bridge', 'host-local', 'loopback'],
  ],
  ['no address management', '10-edge.conflist', list({ type: 'bridge' }), ['bridge', 'loopback']],
  [
    'flannel, which runs bridge and host-local',
    '10-flannel.conflist',
    list({ type: 'flannel', delegate: { isDefaultGateway: true } }, { type: 'portmap' }),
    ['bridge', 'flannel', 'host-local', 'loopback', 'portmap'],
  ],
  [
    'flannel with another plugin',
    '10-flannel.conflist',
    list({ type: 'flannel', delegate: { type: 'ipvlan' } }),
    ['flannel', 'host-local', 'ipvlan', 'loopback'],
  ],
])('plugins of a configuration: %s', async (_, file, text, plugins) => {
  await writeFile(at(`net.d/${file}`), text)
  expect(await found()).toMatchObject({ file, plugins })
})

test.each([
  ['empty', ''],
  ['truncated', list(bridge).slice(0, 60)],
  ['a list without plugins', list()],
  ['a plugin without a type', list({ name: 'bridge' })],
  ['not a map', '[]'],
])('a configuration that containerd cannot use: %s', async (_, text) => {
  await writeFile(at('net.d/10-edge.conflist'), text)
  expect(await found()).toEqual({
    file: '10-edge.conflist',
    problem: 'not a CNI configuration',
    plugins: [],
    unusable: [],
  })
})

test('only the first configuration counts', async () => {
  await writeFile(at('net.d/10-edge.conflist'), list(bridge))
  await writeFile(at('net.d/20-other.conflist'), list({ type: 'calico' }))
  expect(await found()).toEqual({
    file: '10-edge.conflist',
    plugins: ['bridge', 'host-local', 'loopback'],
    unusable: [],
  })
})

test.each<[what: string, breakIt: () => Promise<unknown>, problem: string | undefined]>([
  ['a missing plugin', () => rm(at('bin/bridge')), 'not in BIN or MORE'],
  ['an empty plugin, as after a power cut', () => writeFile(at('bin/bridge'), ''), 'BIN/bridge is empty'],
  [
    'a plugin for the other architecture',
    () => writeFile(at('bin/bridge'), program(foreign)),
    `BIN/bridge is for ${foreign}`,
  ],
  ['a script', () => writeFile(at('bin/bridge'), '#!/bin/sh\n'), undefined],
  [
    'a plugin in the second directory',
    async () => {
      await rm(at('bin/bridge'))
      await writeFile(at('more/bridge'), program(own))
    },
    undefined,
  ],
])('%s', async (_, breakIt, problem) => {
  await writeFile(at('net.d/10-edge.conflist'), list(bridge))
  await breakIt()
  const expected = problem?.replace('BIN', at('bin')).replace('MORE', at('more'))
  expect((await found())?.unusable).toEqual(expected ? [{ plugin: 'bridge', problem: expected }] : [])
})
