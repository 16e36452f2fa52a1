import { describe, expect, test } from 'vitest'
import { install, startInstalledNode, startNodeWithBundle } from '../../lab/machine/installed.ts'
import type { LabNode } from '../../lab/machine/node.ts'
import { releases } from '../../lab/machine/tree.ts'
import { exitCodes } from '../../src/lib/exit-codes.ts'
import { jsonOutput } from '../json-output.ts'
import { faults } from './faults/index.ts'

/** Checks a node only needs to pass for EdgeCore. */
const unneeded = ['default-route', 'no-kubelet', 'cni-config', 'edgecore-ports', 'cri-plugin', 'node-name']

/** Expects only passed and skipped checks; returns the reason of each skipped one. */
async function skippedOn(node: LabNode): Promise<Map<string, string>> {
  const { exitCode, stdout } = await node.run('edgekit doctor --json')
  const { checks } = jsonOutput('report', stdout)
  expect(checks.filter(({ status }) => status !== 'pass' && status !== 'skip')).toEqual([])
  expect(exitCode).toBe(exitCodes.ok)
  return new Map(checks.filter(({ status }) => status === 'skip').map(({ id, observed }) => [id, observed]))
}

describe.concurrent.each(releases)('%s', release => {
  test('a joined node passes all checks', async () => {
    await using node = await startInstalledNode(release)
    // There is no cloud in the lab, the broker has not run for long, and nothing was upgraded.
    const inTheLab = ['edgecore-cloud', 'broker-cpu', 'previous-version']
    expect([...(await skippedOn(node)).keys()].filter(id => !inTheLab.includes(id))).toEqual([])
  })

  test('a staged node skips checks of a running EdgeCore', async () => {
    await using node = await startNodeWithBundle({ release })
    await node.sh(`${install} --stage`, { timeoutMs: 120_000 })
    const skipped = await skippedOn(node)
    expect(skipped.get('edgecore-active')).toContain('--stage')
    expect(skipped.get('twin-answers')).toContain('--stage')
    expect([...skipped.keys()]).not.toContain('edgecore-event-bus')
  })

  test('a node with only the broker does not need what EdgeCore needs', async () => {
    await using node = await startNodeWithBundle({ release })
    for (const id of unneeded) await faults.find(({ fails }) => fails === id)?.breakIt(node)
    await node.sh(`${install} --no-edgecore`, { timeoutMs: 120_000 })
    const skipped = await skippedOn(node)
    for (const id of [...unneeded, 'edgecore-active', 'edgecore-mqtt', 'edgecore-database'])
      expect([id, skipped.get(id)]).toEqual([id, 'this node has only the broker (--no-edgecore)'])
  })
})
