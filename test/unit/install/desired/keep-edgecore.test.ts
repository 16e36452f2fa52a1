import { expect, test } from 'vitest'
import { keepEdgecore } from '../../../../src/install/desired/keep-edgecore.ts'
import type { DesiredStep } from '../../../../src/install/desired/step-makers.ts'
import { makePlan } from '../../../../src/install/plan/plan.ts'
import { paths, units } from '../../../../src/node/paths.ts'
import { tinyNode } from '../../actions/tiny-node.ts'
import { fileStep } from '../engine.ts'

const spec = { config: paths.edgecoreConfig, database: '/var/lib/kubeedge/edgecore.db' }
const start: DesiredStep = {
  id: units.edgecore,
  kind: 'unit-running',
  spec: { unit: units.edgecore, mayFail: true },
  because: [paths.edgecore],
}
const nothing = { history: undefined, receipt: undefined }

async function plannedWith(installed: string): Promise<string[]> {
  const node = await tinyNode()
  node.setUnit(units.edgecore, { active: 'active' })
  await node.put(paths.edgecore, installed)
  const steps = keepEdgecore([fileStep('/etc/x', 'x'), fileStep(paths.edgecore, 'new'), start], spec)
  return (await makePlan(steps, nothing, node)).steps.map(({ id }) => id)
}

test('stops and copies the old EdgeCore before another one is installed', async () => {
  expect(await plannedWith('old')).toEqual([
    '/etc/x',
    'stop edgecore.service',
    'copy of EdgeCore',
    paths.edgecore,
    units.edgecore,
  ])
})

test('leaves an EdgeCore alone that stays', async () => {
  expect(await plannedWith('new')).toEqual(['/etc/x'])
})

test('without EdgeCore nothing is added', () => {
  expect(keepEdgecore([fileStep('/etc/x', 'x')], spec)).toEqual([fileStep('/etc/x', 'x')])
})
