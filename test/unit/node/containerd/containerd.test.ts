import { expect, test } from 'vitest'
import { localContainerd } from '../../../../src/node/containerd/containerd.ts'
import type { CallGrpc } from '../../../../src/node/containerd/grpc.ts'
import { type Files, localFiles } from '../../../../src/node/files.ts'
import type { Processes } from '../../../../src/node/processes/processes.ts'

/** A machine with these sockets; programs print what stands in `output`, gRPC calls return nothing. */
function containerdWith(sockets: readonly string[], output: Record<string, string> = {}) {
  const calls: string[] = []
  const called = new Set<string>()
  const run: Processes['run'] = async (file, args) => {
    calls.push([file, ...args].join(' '))
    return { exitCode: 0, stdout: output[[file, ...args].join(' ')] ?? '', stderr: '' }
  }
  const real = localFiles()
  const socket = { kind: 'other', mode: 0o600, uid: 0, gid: 0, size: 0 } as const
  const files: Files = {
    ...real,
    status: async path => (sockets.includes(path) ? socket : real.status(path)),
  }
  const call: CallGrpc = async request => {
    called.add(request.socket)
    return []
  }
  return { calls, called, containerd: localContainerd({ run, attempt: run }, files, call) }
}

const usual = '/run/containerd/containerd.sock'
const k3s = '/run/k3s/containerd/containerd.sock'

test.each([
  ['the usual socket exists', [usual], usual],
  ['no socket exists', [], usual],
  ['both sockets exist', [usual, k3s], usual],
  ['only the socket of k3s exists', [k3s], k3s],
])('chooses the socket when %s', async (_, sockets, chosen) => {
  const { calls, called, containerd } = containerdWith(sockets)
  expect(await containerd.socket()).toBe(chosen)
  expect(await containerd.images()).toEqual([])
  expect(await containerd.isWhole({ reference: 'broker:2.0', digest: 'sha256:0', pinned: true })).toBe(false)
  await containerd.removeImage('broker:2.0')
  expect(called).toEqual(new Set([chosen]))
  const address = chosen === k3s ? `--address ${k3s} ` : ''
  expect(calls).toEqual([`ctr ${address}--namespace k8s.io images rm --sync broker:2.0`])
})

test('reads the configuration and the version of runc', async () => {
  const { containerd } = containerdWith([], {
    'containerd config dump': 'root = "/srv/containerd"\n',
    'runc --version': 'runc version 1.1.5\ncommit: 1.1.5+ds1\n',
  })
  const { config, problem } = await containerd.config()
  expect(config).toMatchObject({ root: '/srv/containerd', cni: { configs: '/etc/cni/net.d' } })
  expect(problem).toBeUndefined()
  expect(await containerd.runcVersion(AbortSignal.timeout(1_000))).toBe('runc version 1.1.5')
})

test('flushes imported content to the disk', async () => {
  const { calls, containerd } = containerdWith([])
  await containerd.flush()
  expect(calls).toEqual(['sync'])
})
