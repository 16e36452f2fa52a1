import { expect, test } from 'vitest'
import { connected, klog, readSaved, version } from './klog-lines.ts'

const file = 'kubelet_node_status.go'
const registered = klog('"Successfully registered node" node="edge-1"', { file })
const nameExists = (at: number) =>
  klog(
    '"Unable to register node with API server, error getting existing node" err="node length from meta db is 0" node="edge-1"',
    { severity: 'E', file, at },
  )
const noCondition = klog('"Node does not have NodeReady condition" originalNode="&Node{"', {
  severity: 'E',
  file,
})

test.each<[string, string[], boolean | undefined, string | undefined]>([
  ['nothing about it', [connected()], undefined, undefined],
  ['a first join', [registered], true, undefined],
  ['a node that comes back', [nameExists(1), nameExists(8), registered], true, undefined],
  ['a node that comes back, in the first seconds', [nameExists(1), nameExists(5)], undefined, undefined],
  ['the name of another node', [nameExists(1), nameExists(8)], false, 'node-name-taken'],
  [
    'a node that the cloud does not have',
    [registered, ...Array(5).fill(noCondition)],
    false,
    'not-registered',
  ],
  ['one slow answer', [registered, noCondition], true, undefined],
])('%s', (_, lines, isRegistered, code) => {
  const state = readSaved(version(), ...lines)
  expect([state.registered, state.cloudCause?.code]).toEqual([isRegistered, code])
  if (code !== undefined) expect(state.cloudCause?.commands).toContain('systemctl restart edgecore')
})
