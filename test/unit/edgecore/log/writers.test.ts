import { expect, test } from 'vitest'
import type { LogLine } from '../../../../src/edgecore/log/log-line.ts'
import { ofEdgecore } from '../../../../src/edgecore/log/writers.ts'

const record = 'I0315 13:47:21.600000    4859 common.go:97] x'
const own: LogLine[] = [
  { text: record, writer: 'edgecore' },
  { text: 'panic: boom' },
  { text: 'Started edgecore.service.', writer: 'systemd' },
  { text: 'Suppressed 7 messages from edgecore.service', writer: 'systemd-journald' },
  { text: 'Out of memory: Killed process 4246 (edgecore) total-vm:1838240kB', writer: 'kernel' },
]
const others: LogLine[] = [
  { text: record, writer: 'kubelet' },
  { text: 'Out of memory: Killed process 7 (web) total-vm:1kB', writer: 'kernel' },
  { text: 'Started Session 1 of User root.', writer: 'systemd' },
  { text: 'mosquitto.service: Failed with result', writer: 'systemd' },
]

test("only EdgeCore's own lines and those about it stay", () => {
  expect(ofEdgecore([...others, ...own])).toEqual(own)
})

test('under another name, the writer with the most klog records is EdgeCore', () => {
  const renamed = [record, record, 'x'].map(text => ({ text, writer: 'edge-agent' }))
  expect(ofEdgecore([...renamed, { text: record, writer: 'kubelet' }])).toEqual(renamed)
})
