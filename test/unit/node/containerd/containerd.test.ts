import { expect, test } from 'vitest'
import { localContainerd } from '../../../../src/node/containerd/containerd.ts'
import type { CallGrpc } from '../../../../src/node/containerd/grpc.ts'
import type { Processes } from '../../../../src/node/processes/processes.ts'

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
  const asked: string[] = []
  const call: CallGrpc = async ({ socket }) => {
    asked.push(socket)
    return []
  }
  const containerd = localContainerd({ run, attempt: run }, async path => sockets.includes(path), call)
  expect(await containerd.images()).toEqual([])
  expect(await containerd.isWhole({ reference: 'broker:2.0', digest: 'sha256:0', pinned: true })).toBe(false)
  await containerd.importImage('archive.tar', 'linux/amd64')
  expect(calls.filter(args => args.length > 0).map(args => args.slice(0, before.length))).toEqual(
    calls.filter(args => args.length > 0).map(() => before),
  )
  const socket = before[1] ?? '/run/containerd/containerd.sock'
  expect(await containerd.socket()).toBe(socket)
  expect(new Set(asked)).toEqual(new Set([socket]))
})
