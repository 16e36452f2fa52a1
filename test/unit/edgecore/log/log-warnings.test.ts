import { expect, test } from 'vitest'
import { klog, readSaved, version } from './klog-lines.ts'

const sandbox = (why: string, at: number) =>
  klog(`"RunPodSandbox from runtime service failed" err="${why}"`, { severity: 'E', file: 'log.go', at })
const missing = (plugin: string) => `failed to find plugin \\"${plugin}\\" in path [/usr/lib/cni]`

test('each cause once, with its last line and how often it is there', () => {
  const image = (name: string, at: number) => sandbox(`failed to get sandbox image \\"${name}\\"`, at)
  const lines = [image('pause:3.6', 1), image('pause:3.6', 2)]
  expect(readSaved(version({ at: 0 }), ...lines).pods).toEqual([
    expect.objectContaining({ code: 'sandbox-image', times: 2, line: lines[1] }),
  ])
})

test('of two rows of one cause, the first has more detail and is shown', () => {
  const state = readSaved(sandbox(`failed (add): ${missing('bridge')}`, 1), sandbox(missing('loopback'), 2))
  expect(state.pods).toEqual([
    expect.objectContaining({
      code: 'cni-plugin-missing',
      text: expect.stringContaining('bridge'),
      times: 2,
    }),
  ])
})

test('a pod that cannot be created adds nothing when the reason is known', () => {
  const codes = (...lines: string[]) => readSaved(...lines).pods.map(({ code }) => code)
  expect(codes(sandbox('something new', 1))).toEqual(['sandbox'])
  expect(codes(sandbox('something new', 1), sandbox('cni plugin not initialized', 2))).toEqual([
    'cni-config-missing',
  ])
})

test('what the kubelet has not logged for ten minutes is over', () => {
  const state = readSaved(sandbox('cni plugin not initialized', 1), klog('x', { at: 602 }))
  expect(state.pods).toEqual([])
})

test('a subscription for the cloud, logged as I, is no failure', () => {
  const line = (severity: string) =>
    klog('Edge-hub-cli subscribe topic: x', { severity, file: 'eventbus.go' })
  expect(readSaved(line('I')).warnings).toEqual([])
  expect(readSaved(line('E')).warnings).toEqual([expect.objectContaining({ code: 'subscribe-failed' })])
})
