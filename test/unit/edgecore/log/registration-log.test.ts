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

/** v1.12 and later; the status has thousands of characters. */
const unknownNode = (at: number) =>
  klog(
    `"Error updating node status, will retry" err="failed to patch status \\"{${'x'.repeat(3000)}}\\" for node \\"edge-1\\": nodes \\"edge-1\\" not found"`,
    { severity: 'E', file, at },
  )
const patchFailed = klog(
  '"Error updating node status, will retry" err="failed to patch status \\"{}\\" for node \\"edge-1\\": unmarshal message to node failed, err: invalid character"',
  { severity: 'E', file },
)
const forbidden = (at: number) =>
  klog('"Unable to register node with API server" err="nodes is forbidden: User" node="edge-1"', {
    severity: 'E',
    file,
    at,
  })
const failed = (reason: string, at: number) =>
  klog(`Register node failed: ${reason}`, { severity: 'E', file: 'edged_status.go', at })

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
  ['a node that was deleted in the cloud', [registered, unknownNode(302)], false, 'node-deleted'],
  [
    'one that was created there again',
    [registered, unknownNode(302), connected({ at: 363 })],
    true,
    undefined,
  ],
  ['one that has registered again', [unknownNode(302), registered], true, undefined],
  ['a status that was not sent', [registered, patchFailed], true, undefined],
  ['an API server that forbids it', [forbidden(1), forbidden(8)], false, 'registration-failed'],
  ['an API server that was busy', [forbidden(1), forbidden(2)], undefined, undefined],
  [
    'no answer to v1.11',
    [connected(), failed('timeout to get response', 10), failed('timeout to get response', 70)],
    false,
    'registration-failed',
  ],
  [
    'no connection of v1.11',
    [failed('timeout to send message', 10), failed('timeout to send message', 70)],
    undefined,
    undefined,
  ],
])('%s', (_, lines, isRegistered, code) => {
  const state = readSaved(version(), ...lines)
  expect([state.registered, state.cloudCause?.code]).toEqual([isRegistered, code])
  if (/^(?:not-registered|node-)/.test(code ?? ''))
    expect(state.cloudCause?.commands).toContain('systemctl restart edgecore')
})
