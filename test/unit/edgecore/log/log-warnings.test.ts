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

/** The line of a pod's worker. */
const failing = (why: string, at: number, pod = 'default/web') =>
  klog(`"Error syncing pod, skipping" err="${why}" pod="${pod}" podUID="1"`, { severity: 'E', at })
const pulling = 'failed to \\"StartContainer\\" for \\"app\\" with ImagePullBackOff: \\"Back-off'

test.each([
  ['a pod network', 'cni plugin not initialized', 61],
  ['an image, which may just be pulled', pulling, 181],
])('what the kubelet has not logged for a while is over: %s', (_, why, overAfter) => {
  const codesAt = (at: number) => readSaved(failing(why, 1), klog('x', { at })).pods
  expect(codesAt(overAfter)).toEqual([])
  expect(codesAt(overAfter - 1)).toEqual([expect.objectContaining({ pods: [expect.anything()] })])
})

test('names the pods that still fail, with container and times', () => {
  const lines = [
    failing(pulling, 1, 'default/web'),
    failing('cni plugin not initialized', 2, 'default/recovered'),
    failing(pulling, 14, 'default/web'),
    failing('cni plugin not initialized', 100, 'kube-system/net'),
  ]
  const [cni, image] = readSaved(...lines).pods
  expect(cni?.pods.map(({ name }) => name)).toEqual(['kube-system/net'])
  expect(image?.pods).toEqual([
    { name: 'default/web', container: 'app', since: expect.any(Number), until: expect.any(Number) },
  ])
  expect((image?.pods[0]?.until ?? 0) - (image?.pods[0]?.since ?? 0)).toBe(13_000)
})

test('v1.11 and earlier name a pod by its UID', () => {
  const line = klog(
    'worker [0] handle pod addition item [web] failed: failed to "CreatePodSandbox" for "web_default(ac2adcfb-e1fb-4970-ba6a-4acfd1c949f4)" with CreatePodSandboxError: "cni plugin not initialized", re-add to queue',
    { severity: 'E', file: 'edged.go', at: 1 },
  )
  expect(readSaved(line).pods[0]?.pods).toEqual([expect.objectContaining({ name: 'default/web' })])
})

test('a pod that fails for an unknown reason is shown beside others, and not for long', () => {
  const codes = (...lines: string[]) => readSaved(...lines).pods.map(({ code }) => code)
  const other = failing(pulling, 2, 'default/other')
  expect(codes(failing('"Failed to create sandbox for pod"', 1), other)).toEqual(['image-pull', 'sandbox'])
  expect(codes(failing('"Failed to create sandbox for pod"', 1, 'default/other'), other)).toEqual([
    'image-pull',
  ])
  expect(
    codes(failing('"Failed to create sandbox for pod"', 1), failing(pulling, 22, 'default/other')),
  ).toEqual(['image-pull'])
})

test('a tunnel counts while it fails', () => {
  const line = klog('TLSClientConnect error EOF', { severity: 'E', file: 'edgestream.go', at: 1 })
  expect(readSaved(line).warnings).toEqual([expect.objectContaining({ code: 'tunnel-failed' })])
  expect(readSaved(line, klog('x', { at: 32 })).warnings).toEqual([])
})

test('a subscription for the cloud, logged as I, is no failure', () => {
  const line = (severity: string) =>
    klog('Edge-hub-cli subscribe topic: x', { severity, file: 'eventbus.go' })
  expect(readSaved(line('I')).warnings).toEqual([])
  expect(readSaved(line('E')).warnings).toEqual([expect.objectContaining({ code: 'subscribe-failed' })])
})
