import { createHash } from 'node:crypto'
import { expect, test } from 'vitest'
import { type Execution, execution } from '../../../src/install/execute.ts'
import { makePlan } from '../../../src/install/plan.ts'
import type { DesiredStep } from '../../../src/install/step-makers.ts'
import { paths } from '../../../src/node/paths.ts'
import { type TinyNode, tinyNode } from '../actions/tiny-node.ts'

const never = new AbortController().signal

const running = (unit: string): DesiredStep => ({
  id: unit,
  kind: 'unit-running',
  spec: { unit, mayFail: false },
})
const enabled = (unit: string): DesiredStep => ({
  id: `enable ${unit}`,
  kind: 'unit-enabled',
  spec: { unit },
})
const reload: DesiredStep = { id: 'reload', kind: 'daemon-reload', spec: { units: ['a'] } }
const file = (path: string, content: string): DesiredStep => ({
  id: path,
  kind: 'file',
  spec: {
    path,
    source: '/source',
    sha256: createHash('sha256').update(content).digest('hex'),
    ours: true,
    previousSha256: undefined,
    mode: 0o644,
    uid: 0,
    gid: 0,
  },
})

async function plannedOn(node: TinyNode, desired: DesiredStep[]): Promise<Execution> {
  return execution((await makePlan(desired, node)).steps, node, never)
}

/** Run the steps; the error that ended it. */
async function run({ steps }: Execution): Promise<unknown> {
  try {
    for (const step of steps) await step.run(() => {})
  } catch (error) {
    return error
  }
  return undefined
}

async function freshNode(): Promise<TinyNode> {
  const node = await tinyNode()
  await node.put('/source', 'new')
  await node.put(`${paths.backups}/keep`, '')
  return node
}

test('steps do what their titles say, in order', async () => {
  const node = await freshNode()
  const work = await plannedOn(node, [enabled('a'), running('a'), running('b')])
  expect(work.steps.map(({ title }) => title)).toEqual(['Enable a at boot', 'Start a', 'Start b'])
  expect(node.calls).toEqual([])
  expect(await run(work)).toBeUndefined()
  expect(node.calls).toEqual(['enable a', 'restart a', 'restart b'])
})

test.each<[what: string, failing: string | undefined, undone: string[]]>([
  ['after success: the last first', undefined, ['stop c', 'stop b', 'disable a', 'reload']],
  [
    'after a failure: what failed too, as it may be half done',
    'restart b',
    ['stop b', 'disable a', 'reload'],
  ],
  ['after a failure of the first step', 'enable a', ['disable a']],
])('what has been done is undone %s', async (_, failing, undone) => {
  const node = await freshNode()
  node.setUnit('a', { needsReload: true })
  if (failing) node.broken.set(failing, 'no')
  const work = await plannedOn(node, [enabled('a'), reload, running('b'), running('c')])
  const error = await run(work)
  if (failing) expect(error).toMatchObject({ message: expect.stringContaining('no') })
  else expect(error).toBeUndefined()
  node.calls.length = 0
  expect(await work.rollBack()).toEqual([])
  expect(node.calls).toEqual(undone)
})

test('systemd reads its files again once, after all of them are back', async () => {
  const node = await freshNode()
  node.setUnit('a', { needsReload: true })
  node.setUnit('b', { needsReload: true })
  await node.put('/etc/x', 'old')
  const again: DesiredStep = { id: 'again', kind: 'daemon-reload', spec: { units: ['b'] } }
  const work = await plannedOn(node, [file('/etc/x', 'new'), reload, again])
  expect(await run(work)).toBeUndefined()
  expect(await node.files.read('/etc/x')).toBe('new')
  node.calls.length = 0
  let seen: string | undefined
  const { systemd } = node
  node.systemd = {
    ...systemd,
    async reload() {
      seen = await node.files.read('/etc/x')
      await systemd.reload()
    },
  }
  await work.rollBack()
  expect(node.calls).toEqual(['reload'])
  expect(seen).toBe('old')
})

test('what cannot be put back is named, and the rest is put back', async () => {
  const node = await freshNode()
  await node.put('/etc/x', 'old')
  const work = await plannedOn(node, [enabled('a'), file('/etc/x', 'new'), running('b'), running('c')])
  node.broken.set('stop b', 'it hangs').set('disable a', 'no bus')
  expect(await run(work)).toBeUndefined()
  expect(await work.rollBack()).toEqual(['Start b: it hangs', 'Enable a at boot: no bus'])
  expect(node.calls.slice(-3)).toEqual(['stop c', 'stop b', 'disable a'])
  expect(await node.files.read('/etc/x')).toBe('old')
})

test('a reload that fails does not hide what else could not be put back', async () => {
  const node = await freshNode()
  node.setUnit('a', { needsReload: true })
  const work = await plannedOn(node, [reload, running('b')])
  expect(await run(work)).toBeUndefined()
  node.broken.set('stop b', 'it hangs').set('reload', 'no bus')
  expect(await work.rollBack()).toEqual([
    'Start b: it hangs',
    'Let systemd read its unit files again: no bus',
  ])
})

test('a unit that ran gets back what it ran with before it is restarted, in the order of the plan', async () => {
  const node = await freshNode()
  await node.put('/etc/x', 'old')
  const seen: string[] = []
  const { systemd } = node
  node.systemd = {
    ...systemd,
    async restart(unit) {
      seen.push(`${unit} with ${await node.files.read('/etc/x')}`)
      await systemd.restart(unit)
    },
  }
  node.setUnit('a', { needsReload: true })
  const { steps } = await makePlan([file('/etc/x', 'new'), reload, running('a'), running('b')], node)
  for (const unit of ['a', 'b']) node.setUnit(unit, { active: 'active' })
  const work = execution(steps, node, never)
  expect(await run(work)).toBeUndefined()
  node.calls.length = 0
  expect(await work.rollBack()).toEqual([])
  expect(seen).toEqual(['a with new', 'b with new', 'a with old', 'b with old'])
  expect(node.calls).toEqual(['reload', 'restart a', 'restart b'])
})

test('a step that has no effect is an error', async () => {
  const node = await freshNode()
  const work = await plannedOn(node, [file('/etc/x', 'something else than the source')])
  await node.put('/etc/x', 'old')
  expect(await run(work)).toMatchObject({ message: expect.stringContaining('the node does not show it') })
  await work.rollBack()
  expect(await node.files.read('/etc/x')).toBe('old')
})

test('what is known before a step is how the node is then, not how it was planned', async () => {
  const node = await freshNode()
  const work = await plannedOn(node, [file('/etc/x', 'new')])
  await node.put('/etc/x', 'changed in the meantime')
  expect(await run(work)).toBeUndefined()
  await work.rollBack()
  expect(await node.files.read('/etc/x')).toBe('changed in the meantime')
})

test('nothing to undo', async () => {
  const node = await freshNode()
  expect(await (await plannedOn(node, [reload, running('a')])).rollBack()).toEqual([])
  expect(node.calls).toEqual([])
})
