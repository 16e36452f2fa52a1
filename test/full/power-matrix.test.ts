import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { nextLayer, nextOnNode } from '../../lab/bundles/next-bundle.ts'
import { cutAfterStep, stepsIn } from '../../lab/crash/cut-after-step.ts'
import { keepHostName } from '../../lab/crash/keep-host-name.ts'
import { requireWorks } from '../../lab/crash/require-works.ts'
import { install, startInstalledNode } from '../../lab/machine/installed.ts'
import type { LabNode } from '../../lab/machine/node.ts'
import { type Release, releases } from '../../lab/machine/tree.ts'
import { spread } from '../../lab/spread.ts'
import { table } from '../../lab/table.ts'

const minutes = 60_000
/** Power cuts per command. */
const points = Number(process.env['EDGEKIT_TEST_POINTS'] ?? 5)

const upgrade = `edgekit upgrade ${nextOnNode} --yes --stable-for 2s`
const uninstall = 'edgekit uninstall --yes --purge'

let layer: string
beforeAll(async () => {
  layer = await nextLayer()
}, 10 * minutes)

const results = [['power cut in', 'after', 'then', 'result']]
afterAll(() => void process.stdout.write(`\n${table(results)}\n`))

/** Cut the power after steps of a command, each on a new node, and run the other command after that. */
async function cutEverywhere(
  release: Release,
  command: string,
  then: string,
  requireResult: (node: LabNode) => Promise<unknown>,
): Promise<void> {
  const start = async () => {
    const node = await startInstalledNode(release, 'edge', [layer])
    await keepHostName(node)
    return node
  }
  const steps = await (async () => {
    await using node = await start()
    return stepsIn(await node.sh(`${command} 2>&1`, { timeoutMs: 5 * minutes }))
  })()
  expect(steps.length).toBeGreaterThanOrEqual(points)
  const failures: string[] = []
  for (const step of spread(steps, points)) {
    const row = [`${release}: ${command}`, step, then, 'ok']
    results.push(row)
    await using node = await start()
    try {
      await cutAfterStep(node, command, step)
      await node.sh(then, { timeoutMs: 5 * minutes })
      await requireResult(node)
    } catch (error) {
      row[3] = 'WRONG'
      process.stderr.write(`${row.join('  ')}: ${String(error)}\n`)
      failures.push(`${step}: ${String(error)}`)
    }
  }
  expect(failures).toEqual([])
}

/** Nothing of edgekit is left, and containerd has no image. */
const requireUninstalled = async (node: LabNode): Promise<void> =>
  expect(
    await node.sh(
      `ls -d /etc/edgekit /opt/edgekit /var/lib/edgekit /etc/systemd/system/mosquitto.service 2>/dev/null
       ctr -n k8s.io images ls -q; ctr -n k8s.io snapshots ls | tail -n +2`,
    ),
  ).toBe('')

describe.concurrent.each(releases)('%s: power cuts', release => {
  test.each([
    ['an upgrade, which continues', upgrade, upgrade, requireWorks],
    ['an upgrade, which is rolled back', upgrade, 'edgekit rollback', requireWorks],
    ['an uninstall, which continues', uninstall, `cd /root/bundle && ./${uninstall}`, requireUninstalled],
    ['an uninstall, and an install', uninstall, install, requireWorks],
  ])('during %s', { timeout: 60 * minutes }, (_, command, then, requireResult) =>
    cutEverywhere(release, command, then, requireResult),
  )
})
