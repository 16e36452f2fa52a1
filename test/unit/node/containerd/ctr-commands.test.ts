import { expect, test } from 'vitest'
import { ctrCommands, parseFlags } from '../../../../src/node/containerd/ctr-commands.ts'
import { CommandError } from '../../../../src/node/processes/command-error.ts'
import type { Processes } from '../../../../src/node/processes/processes.ts'

function commandsOn(socket: string) {
  const calls: string[] = []
  const run: Processes['run'] = async (file, args) => {
    calls.push([file, ...args].join(' '))
    return { exitCode: 0, stdout: '   --rm\n   --detach, -d\n', stderr: '' }
  }
  return { calls, ctr: ctrCommands({ run, attempt: run }, async () => socket) }
}

// Output of containerd 1.6.20.
const help = `NAME:
   ctr run - run a container

OPTIONS:
   --rm                                    remove the container after running, cannot be used with --detach
   --detach, -d                            detach from the task, cannot be used with --rm
   --uidmap container-uid:host-uid:length  run inside a user namespace
`

test('parses the options at the beginning of a line of help', () => {
  expect(parseFlags(help)).toEqual(['rm', 'detach', 'uidmap'])
})

test('asks ctr for its options without contacting containerd', async () => {
  const { calls, ctr } = commandsOn('/run/k3s/containerd/containerd.sock')
  expect(await ctr.ctrFlags(AbortSignal.timeout(1_000))).toEqual({
    import: ['rm', 'detach'],
    run: ['rm', 'detach'],
  })
  expect(calls).toEqual(['ctr images import --help', 'ctr run --help'])
})

test.each([
  ['/run/containerd/containerd.sock', ''],
  ['/run/k3s/containerd/containerd.sock', '--address /run/k3s/containerd/containerd.sock '],
])('passes an address to ctr unless it is the default: %s', async (socket, address) => {
  const { calls, ctr } = commandsOn(socket)
  await ctr.importImage('image.tar', 'linux/amd64')
  await ctr.removeImage('broker:2')
  await ctr.removeLease('17-mQVd')
  await ctr.signalContainer('broker', 'SIGHUP')
  await ctr.removeContainer('trial')
  const trial = {
    id: 'trial',
    image: 'broker:2',
    mounts: [
      { from: '/a', to: '/b', writable: false },
      { from: '/c', to: '/d', writable: true },
    ],
    command: ['mosquitto', '-v'],
  }
  await ctr.runContainer(trial, '/run/log')
  await ctr.containerOutput(trial)
  expect(calls).toEqual([
    `ctr ${address}--namespace k8s.io images import --platform linux/amd64 image.tar`,
    `ctr ${address}--namespace k8s.io images rm --sync broker:2`,
    `ctr ${address}--namespace k8s.io leases delete --sync 17-mQVd`,
    `ctr ${address}--namespace k8s.io tasks kill --signal SIGHUP broker`,
    `ctr ${address}--namespace k8s.io tasks rm --force trial`,
    `ctr ${address}--namespace k8s.io containers rm trial`,
    `ctr ${address}--namespace k8s.io snapshots rm trial`,
    `ctr ${address}--namespace k8s.io run --detach --log-uri file:///run/log --net-host --read-only --seccomp --mount type=bind,src=/a,dst=/b,options=rbind:ro --mount type=bind,src=/c,dst=/d,options=rbind:rw broker:2 trial mosquitto -v`,
    `ctr ${address}--namespace k8s.io run --rm --net-host --read-only --seccomp --mount type=bind,src=/a,dst=/b,options=rbind:ro --mount type=bind,src=/c,dst=/d,options=rbind:rw broker:2 trial mosquitto -v`,
  ])
})

test.each([
  ['snapshot sha256:1 does not exist: not found', undefined],
  ['cannot remove snapshot with child: failed precondition', /failed precondition/],
])('what is gone already needs no removal: %s', async (reason, thrown) => {
  const run: Processes['run'] = async () => {
    throw new CommandError(`ctr snapshots rm sha256:1: exit code 1:\nctr: failed to remove: ${reason}`)
  }
  const ctr = ctrCommands({ run, attempt: run }, async () => '/run/containerd/containerd.sock')
  for (const removal of [() => ctr.removeSnapshot('sha256:1'), () => ctr.removeContent('sha256:1')])
    expect(await removal().catch(String)).toEqual(thrown && expect.stringMatching(thrown))
})
