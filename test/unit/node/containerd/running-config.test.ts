import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import type { CallGrpc } from '../../../../src/node/containerd/grpc.ts'
import { decode } from '../../../../src/node/containerd/protobuf.ts'
import { runningConfig } from '../../../../src/node/containerd/running-config.ts'
import { type Files, localFiles } from '../../../../src/node/files.ts'

// What the CRI plugin of 1.6.20 answers on Debian 12.
const cri = readFileSync('test/fixtures/containerd-config/1.6.20.cri.json', 'utf8').trim()

const part = (field: number, value: Buffer | string): Buffer => {
  const bytes = Buffer.from(value)
  return Buffer.concat([Buffer.from([field * 8 + 2, (bytes.length & 127) | 128, bytes.length >> 7]), bytes])
}
const info = (key: string, value: string): Buffer => part(2, Buffer.concat([part(1, key), part(2, value)]))
const answers =
  (config: string): CallGrpc =>
  async ({ method, request }) => {
    expect([method, request.toString('hex')]).toEqual(['/runtime.v1.RuntimeService/Status', '0801'])
    return [decode(Buffer.concat([info('golang', '"go1.19.8"'), info('config', config)]))]
  }

interface Machine {
  started: number | undefined
  directory: number | undefined
  file: number | undefined
  text: string
}

const filesOf = ({ started, directory, file, text }: Machine): Files => ({
  ...localFiles(),
  modified: async path => (path === '/run/containerd/containerd.sock' ? started : undefined),
  changed: async path => ({ '/etc/containerd': directory, '/etc/containerd/config.toml': file })[path],
  read: async path => (path === '/etc/containerd/config.toml' && file !== undefined ? text : undefined),
})
const untouched: Machine = { started: 30, directory: 10, file: 20, text: 'version = 2\n' }

test('what containerd was started with', async () => {
  expect(await runningConfig(filesOf(untouched), answers(cri))).toEqual({
    root: '/var/lib/containerd',
    disabledPlugins: [],
    sandboxImage: 'registry.k8s.io/pause:3.6',
    systemdCgroup: false,
    cniConfigs: '/etc/cni/net.d',
  })
})

test.each([
  ['the runtime', '"SystemdCgroup":false'],
  ['all runtimes', '"systemdCgroup":false'],
])('systemd makes the control groups: the switch of %s', async (_, before) => {
  expect(cri).toContain(before)
  const changed = cri.replace(before, before.replace('false', 'true'))
  expect((await runningConfig(filesOf(untouched), answers(changed)))?.systemdCgroup).toBe(true)
})

test('without a file containerd has its defaults', async () => {
  const found = await runningConfig(filesOf({ ...untouched, file: undefined }), answers(cri))
  expect(found?.sandboxImage).toBe('registry.k8s.io/pause:3.6')
})

test.each<[string, Partial<Machine>]>([
  ['the file was changed since', { file: 31 }],
  ['it was changed at that moment', { file: 30 }],
  ['something in its directory was', { directory: 31 }],
  ['it includes others', { text: 'version = 2\nimports = ["/etc/containerd/conf.d/*.toml"]\n' }],
  ['there is no directory', { directory: undefined }],
  ['there is no socket', { started: undefined }],
])('nobody is asked when %s', async (_, change) => {
  const call: CallGrpc = () => {
    throw new Error('asked')
  }
  expect(await runningConfig(filesOf({ ...untouched, ...change }), call)).toBe(undefined)
  expect(await runningConfig(filesOf({ ...untouched, ...change }), answers(cri))).toBe(undefined)
})

test.each<[string, CallGrpc]>([
  ['no CRI plugin', () => Promise.reject(new Error('unknown service runtime.v1.RuntimeService'))],
  ['one that says nothing', async () => []],
  ['that of containerd 2, which names no sandbox image', answers(cri.replace(/"sandboxImage":"[^"]*",/, ''))],
  ['no JSON', answers('{')],
])('not told by %s', async (_, call) => {
  expect(await runningConfig(filesOf(untouched), call)).toBe(undefined)
})
