import { expect, test } from 'vitest'
import { collectFacts, factNames } from '../../../src/facts/index.ts'
import { tinyNode } from '../actions/tiny-node.ts'
import { healthy } from '../checks/healthy.ts'

test('after an install only facts it may have changed are collected again', async () => {
  const before = healthy()
  const after = await collectFacts(await tinyNode(), { before, maxTimeoutMs: 1_000 })
  const same = factNames.filter(name => after[name] === before[name])
  expect(same).toEqual(['machine', 'disks', 'network', 'runtimePrograms', 'ctr', 'runc'])
})

test('only the facts that are asked for are collected again', async () => {
  const before = healthy()
  const only = new Set(['clock', 'units'] as const)
  const after = await collectFacts(await tinyNode(), { before, only, maxTimeoutMs: 1_000 })
  const again = factNames.filter(name => after[name] !== before[name])
  expect(again).toEqual(['clock', 'units'])
})
