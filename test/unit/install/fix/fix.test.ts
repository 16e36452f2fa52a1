import { expect, test } from 'vitest'
import type { CheckResult } from '../../../../src/checks/check.ts'
import { type FixPlan, fixNode } from '../../../../src/install/fix/fix.ts'
import { writeReceipt } from '../../../../src/install/record/receipt.ts'
import { localNode } from '../../../../src/node/node.ts'
import { units } from '../../../../src/node/paths.ts'
import { tinyNode } from '../../actions/tiny-node.ts'
import { runStep } from '../engine.ts'

const unregistered: CheckResult = {
  id: 'edgecore-cloud',
  group: 'edgecore',
  title: 'EdgeCore is connected to the cloud',
  status: 'fail',
  docs: '',
  observed: 'not registered',
  remedy: { text: 'Restart EdgeCore.', fix: { kind: 'register' } },
}
const receipt = {
  schemaVersion: 1 as const,
  run: 'x',
  edgekit: '0.1.0',
  installedAt: '',
  updatedAt: '',
  bundle: { name: 'kubeedge-edge', kubeedgeVersion: 'v1.22.0', arch: 'amd64' as const, manifestSha256: '' },
  options: {},
  items: [],
}

test.each([
  ['active', 'Restart edgecore.service'],
  ['inactive', 'Start edgecore.service'],
])('the plan for an %s EdgeCore: %s', async (active, title) => {
  const node = await tinyNode()
  node.setUnit(units.edgecore, { active })
  const machine = await localNode().machine()
  node.machine = async () => ({ ...machine, isRoot: true })
  await node.put('/var/lib/x', '')
  await writeReceipt(receipt, node.files)
  const plans: FixPlan[] = []
  await fixNode(
    { checks: [unregistered] },
    {
      node,
      edgekitVersion: '0',
      manifest: undefined,
      recheck: async () => ({ checks: [] }),
      confirm: async plan => plans.push(plan) === 0,
      runStep,
      signal: new AbortController().signal,
    },
  )
  expect(plans.map(({ steps }) => steps.map(step => step.title))).toEqual([[title]])
})
