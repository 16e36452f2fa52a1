import { expect, test } from 'vitest'
import type { DesiredStep } from '../../../../src/install/desired/step-makers.ts'
import { makePlan } from '../../../../src/install/plan/plan.ts'
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
  ['all is done', [running('a'), running('b')], ['a', 'b'], []],
  ['nothing is done: all of it, in order', [running('b'), running('a')], [], ['b', 'a']],
  ['only what is needed', [running('a'), running('b')], ['a'], ['b']],
  ['what is done, because of what is needed', [running('a'), running('b', ['a'])], ['b'], ['a', 'b']],
  ['not because of what is done', [running('a'), running('b', ['a'])], ['a', 'b'], []],
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
])('planned: %s', async (_, desired, active, planned) => {
  const node = await tinyNode()
  for (const unit of active) node.setUnit(unit, { active: 'active' })
  const plan = await makePlan(desired, nothingYet, node)
  expect(plan.steps.map(({ id }) => id)).toEqual(planned)
  expect(plan.foreign).toEqual([])
  expect(node.calls).toEqual([])
})

test('what is in the way and not ours is told apart from what is to be done', async () => {
  const node = await tinyNode()
  await node.put('/link', 'mine')
  const plan = await makePlan([link, running('a')], nothingYet, node)
  expect(plan.steps.map(({ id, title }) => [id, title])).toEqual([['a', 'Start a']])
  expect(plan.foreign.map(({ id, title }) => [id, title])).toEqual([['link', 'Link /link to /target']])
})

test.each([
  ['adopted: it stays', { adopt: true, force: [] }, [], ['link']],
  ['forced: it is replaced', { adopt: false, force: ['link'] }, ['link'], []],
  ['both: what is forced is replaced', { adopt: true, force: ['link'] }, ['link'], []],
])('what is not ours is %s', async (_, leave, steps, kept) => {
  const node = await tinyNode()
  await node.put('/link', 'mine')
  const past = { history: undefined, receipt: undefined }
  const plan = await makePlan([link], past, node, leave)
  expect(plan.steps.map(({ id }) => id)).toEqual(steps)
  expect(plan.kept.map(({ id }) => id)).toEqual(kept)
  expect(plan.foreign).toEqual([])
})
