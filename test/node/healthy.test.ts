import { describe, expect, test } from 'vitest'
import { install, startInstalledNode, startNodeWithBundle } from '../../lab/machine/installed.ts'
import type { LabNode } from '../../lab/machine/node.ts'
import { releases } from '../../lab/machine/tree.ts'
import { exitCodes } from '../../src/lib/exit-codes.ts'
import { jsonOutput } from '../json-output.ts'
import { criDisabled } from './faults/cri-disabled.ts'
import { healthPortTaken } from './faults/health-port-taken.ts'
import { impossibleName } from './faults/impossible-name.ts'
import { kubeletRuns } from './faults/kubelet-runs.ts'
import { noCni } from './faults/no-cni.ts'
import { noDefaultRoute } from './faults/no-default-route.ts'

/** A healthy node has no findings but pass and skip; what was skipped, with the reason. */
async function skippedOn(node: LabNode): Promise<Map<string, string>> {
  const { exitCode, stdout } = await node.run('edgekit doctor --json')
  const { checks } = jsonOutput('report', stdout)
  expect(checks.filter(({ status }) => status !== 'pass' && status !== 'skip')).toEqual([])
  expect(exitCode).toBe(exitCodes.ok)
  return new Map(checks.filter(({ status }) => status === 'skip').map(({ id, observed }) => [id, observed]))
}

describe.concurrent.each(releases)('%s', release => {
  test('a node that has joined', async () => {
    await using node = await startInstalledNode(release)
    // There is no cloud in the lab, and the broker has not run for long.
    const inTheLab = ['edgecore-cloud', 'broker-cpu']
    expect([...(await skippedOn(node)).keys()].filter(id => !inTheLab.includes(id))).toEqual([])
  })

  test('a node that is prepared: what only a running EdgeCore does is not looked at', async () => {
    await using node = await startNodeWithBundle({ release })
    await node.sh(`${install} --stage`, { timeoutMs: 120_000 })
    const skipped = await skippedOn(node)
    expect(skipped.get('edgecore-active')).toContain('--stage')
    expect(skipped.get('twin-answers')).toContain('--stage')
    expect([...skipped.keys()]).not.toContain('edgecore-event-bus')
  })

  test('a node with the broker only: what EdgeCore needs is not missed', async () => {
    await using node = await startNodeWithBundle({ release })
    const unneeded = [noDefaultRoute, kubeletRuns, noCni, healthPortTaken, criDisabled, impossibleName]
    for (const fault of unneeded) await fault.breakIt(node)
    await node.sh(`${install} --no-edgecore`, { timeoutMs: 120_000 })
    const skipped = await skippedOn(node)
    for (const { fails } of unneeded) expect(skipped.get(fails)).toBe('this node is to have the broker only')
    for (const id of ['edgecore-active', 'edgecore-mqtt', 'edgecore-database'])
      expect(skipped.get(id)).toBe('this node is to have the broker only')
  })
})
