import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { localRuntime, parseFlags } from '../../../../src/node/containerd/runtime-programs.ts'
import { localFiles } from '../../../../src/node/files.ts'
import type { Processes } from '../../../../src/node/processes/processes.ts'

const address = '--address /run/containerd/containerd.sock --namespace k8s.io'

/** A machine on which each command prints what stands here. */
function runtimeWith(output: Record<string, string>) {
  const run: Processes['run'] = async (file, args) => {
    const stdout = output[[file, ...args].join(' ')]
    if (stdout === undefined) throw new Error(`not expected: ${[file, ...args].join(' ')}`)
    return { exitCode: 0, stdout, stderr: '' }
  }
  const socket = async () => '/run/containerd/containerd.sock'
  return localRuntime({ run, attempt: run }, localFiles(), socket, async () => [])
}

// What `ctr` of containerd 1.6.20 prints.
const help = `NAME:
   ctr run - run a container

OPTIONS:
   --rm                                    remove the container after running, cannot be used with --detach
   --detach, -d                            detach from the task, cannot be used with --rm
   --uidmap container-uid:host-uid:length  run inside a user namespace
`

test('flags are those at the beginning of a line', () => {
  expect(parseFlags(help)).toEqual(['rm', 'detach', 'uidmap'])
})

test('the labels of a container', async () => {
  const runtime = runtimeWith({
    [`ctr ${address} containers info mosquitto`]: '{"ID":"mosquitto","Labels":{"a":"b"}}',
    [`ctr ${address} containers info bare`]: '{"ID":"bare"}',
  })
  expect(await runtime.containerLabels('mosquitto')).toEqual({ a: 'b' })
  expect(await runtime.containerLabels('bare')).toEqual({})
})

test('the size of a blob', async () => {
  const root = await mkdtemp(join(tmpdir(), 'edgekit-content-'))
  onTestFinished(() => rm(root, { recursive: true }))
  const directory = join(root, 'io.containerd.content.v1.content/blobs/sha256')
  await mkdir(directory, { recursive: true })
  await writeFile(join(directory, 'abc'), '12345')
  const runtime = runtimeWith({})
  expect(await runtime.blobSize(root, 'sha256:abc')).toBe(5)
  expect(await runtime.blobSize(root, 'sha256:def')).toBe(undefined)
})
