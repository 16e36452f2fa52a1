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
