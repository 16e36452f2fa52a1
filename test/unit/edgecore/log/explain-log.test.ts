import { expect, test } from 'vitest'
import { explainLog } from '../../../../src/edgecore/log/explain-log.ts'
import { connected, dialFailed, error, finish, klog, readSaved, start, version } from './klog-lines.ts'

const explain = (...lines: string[]) => explainLog(readSaved(...lines))
const pod = klog(
  '"Error syncing pod, skipping" err="failed to \\"StartContainer\\" for \\"app\\" with ErrImagePull: x"',
  {
    severity: 'E',
    file: 'pod_workers.go',
  },
)
const refused = dialFailed('dial tcp 192.0.2.1:10000: connect: connection refused')
const noBroker = error('Network Error : dial tcp 127.0.0.1:1883: connect: connection refused')

test('the worst comes first: EdgeCore, the broker, the cloud, pods', () => {
  const found = explain(
    version(),
    pod,
    refused,
    start('hub-client-sub-1'),
    noBroker,
    klog('Start edged failed, err: x', { severity: 'E', file: 'edged.go' }),
  )
  expect(found.findings.map(({ area, code }) => [area, code])).toEqual([
    ['edgecore', 'edged'],
    ['broker', 'connection-refused'],
    ['cloud', 'cloud-refused'],
    ['pods', 'image-pull'],
  ])
  expect(found).toMatchObject({
    schemaVersion: 1,
    state: 'exits',
    code: 'edged',
    line: found.findings[0]?.line,
  })
})

test('a healthy log has no finding, and the line that proves its state', () => {
  const found = explain(version(), finish('sub'), finish('pub'), connected())
  expect(found).toMatchObject({ state: 'up', cloud: 'connected', findings: [], notes: [] })
  expect(found.line).toContain('finish hub-client pub')
  expect(found.cause).toBeUndefined()
})

test('one cause that two parts report is one finding', () => {
  const found = explain(
    version(),
    klog('Launch internal mqtt broker failed, listen tcp', { severity: 'E', file: 'eventbus.go' }),
  )
  expect(found.findings.map(({ code }) => code)).toEqual(['internal-broker'])
})

test('cut lines are read, marked and shown unchanged', () => {
  const cut = `${noBroker.slice(0, -8)}>`
  const found = explain(start('hub-client-sub-1'), cut)
  expect(found).toMatchObject({ code: 'connection-refused', line: cut })
  expect(found.notes).toEqual([
    expect.stringMatching(/^1 lines? .*likely, not certain.*journalctl -u edgecore --no-pager/),
  ])
})

test('lines that the journal dropped are noted', () => {
  const found = explain(finish('sub'), 'Suppressed 12 messages from edgecore.service', finish('pub'))
  expect(found.notes).toEqual([expect.stringContaining('dropped lines')])
})
