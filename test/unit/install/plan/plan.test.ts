import { createHash } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { file } from '../../../../src/actions/files/file.ts'
import type { DesiredStep } from '../../../../src/install/desired/step-makers.ts'
import { makePlan } from '../../../../src/install/plan/plan.ts'
import type { Change } from '../../../../src/install/record/journal.ts'
import { tinyNode } from '../../actions/tiny-node.ts'

const running = (id: string, because?: string[]): DesiredStep => ({
  id,
  kind: 'unit-running',
  spec: { unit: id, mayFail: false },
  ...(because && { because }),
})
const nothingYet = { history: undefined, receipt: undefined }
const link: DesiredStep = { id: 'link', kind: 'link', spec: { path: '/link', target: '/target' } }

test.each<[what: string, desired: DesiredStep[], active: string[], planned: string[]]>([
  ['nothing when all is done', [running('a'), running('b')], ['a', 'b'], []],
  ['everything in order when nothing is done', [running('b'), running('a')], [], ['b', 'a']],
  ['only what is needed', [running('a'), running('b')], ['a'], ['b']],
  ['what depends on something needed', [running('a'), running('b', ['a'])], ['b'], ['a', 'b']],
  ['nothing that depends on something done', [running('a'), running('b', ['a'])], ['a', 'b'], []],
  [
    'because of one of several',
    [running('a'), running('b'), running('c', ['a', 'b'])],
    ['a', 'c'],
    ['b', 'c'],
  ],
  [
    'because of what is only done again itself',
    [running('a'), running('b', ['a']), running('c', ['b'])],
    ['b', 'c'],
    ['a', 'b', 'c'],
  ],
])('plans: %s', async (_, desired, active, planned) => {
  const node = await tinyNode()
  for (const unit of active) node.setUnit(unit, { active: 'active' })
  const plan = await makePlan(desired, nothingYet, node)
  expect(plan.steps.map(({ id }) => id)).toEqual(planned)
  expect(plan.foreign).toEqual([])
  expect(node.calls).toEqual([])
})

test('a unit that runs has the title of a restart', async () => {
  const node = await tinyNode()
  node.setUnit('b', { active: 'active' })
  const { steps } = await makePlan([running('a'), running('b', ['a'])], nothingYet, node)
  expect(steps.map(({ title }) => title)).toEqual(['Start a', 'Restart b'])
})

test('separates foreign things from needed changes', async () => {
  const node = await tinyNode()
  await node.put('/link', 'mine')
  const plan = await makePlan([link, running('a')], nothingYet, node)
  expect(plan.steps.map(({ id, title }) => [id, title])).toEqual([['a', 'Start a']])
  expect(plan.foreign.map(({ id, title }) => [id, title])).toEqual([['link', 'Link /link to /target']])
})

test.each([
  ['kept when adopted', { adopt: true, force: [] }, [], ['link']],
  ['replaced when forced', { adopt: false, force: ['link'] }, ['link'], []],
  ['replaced when both', { adopt: true, force: ['link'] }, ['link'], []],
])('a foreign thing is %s', async (_, policy, steps, kept) => {
  const node = await tinyNode()
  await node.put('/link', 'mine')
  const past = { history: undefined, receipt: undefined }
  const plan = await makePlan([link], past, node, policy)
  expect(plan.steps.map(({ id }) => id)).toEqual(steps)
  expect(plan.kept.map(({ id }) => id)).toEqual(kept)
  expect(plan.foreign).toEqual([])
})

test('a service that runs is restarted, one that does not is started', async () => {
  const node = await tinyNode()
  node.setUnit('a', { active: 'active' })
  node.setUnit('b', {})
  const config = {
    id: 'x',
    kind: 'edgecore-config',
    spec: { path: '/x', values: { k: 1 }, initial: {} },
  } as const
  const steps = [config, running('a', ['x']), running('b', ['x'])]
  const titles = async () => (await makePlan(steps, nothingYet, node)).steps.map(({ title }) => title)
  expect(await titles()).toEqual(['Create /x', 'Restart a', 'Start b'])
  await node.put('/x', 'k: 2\n')
  expect(await titles()).toEqual(['Set keys in /x', 'Restart a', 'Start b'])
})

describe('a large file that an interrupted install has written', () => {
  const text = 'x'.repeat(1_500_000)
  const spec = {
    path: '/program',
    source: { text },
    sha256: createHash('sha256').update(text).digest('hex'),
    mode: 0o644,
    uid: 0,
    gid: 0,
    ours: true,
  }
  const step: DesiredStep = { id: spec.path, kind: 'file', spec }

  test.each<[what: string, state: Change['state'], isTrusted: boolean]>([
    ['is not read again', 'done', true],
    ['is written again when it was not finished', 'begun', false],
  ])('%s', async (_, state, isTrusted) => {
    const node = await tinyNode()
    await node.put(spec.path, text)
    let reads = 0
    node.files.sha256 = async () => {
      reads++
      return spec.sha256
    }
    const after = await file.fingerprint?.(spec, node)
    const { id, kind } = step
    const change: Change = { change: 1, id, kind, spec, before: null, state, touched: 1, done: 2, after }
    const plan = await makePlan(
      [step],
      { history: { run: 'r', begins: [], changes: [change] }, receipt: undefined },
      node,
    )
    expect({ steps: plan.steps.length, reads }).toEqual({
      steps: isTrusted ? 0 : 1,
      reads: isTrusted ? 0 : 1,
    })
  })

  test('is read when it was changed since', async () => {
    const node = await tinyNode()
    await node.put(spec.path, text)
    const after = await file.fingerprint?.(spec, node)
    await node.put(spec.path, 'y'.repeat(1_500_001))
    const change: Change = {
      change: 1,
      id: step.id,
      kind: 'file',
      spec,
      before: null,
      state: 'done',
      touched: 1,
      done: 2,
      after,
    }
    const plan = await makePlan(
      [step],
      { history: { run: 'r', begins: [], changes: [change] }, receipt: undefined },
      node,
    )
    expect([...plan.steps, ...plan.foreign]).toHaveLength(1)
  })
})
