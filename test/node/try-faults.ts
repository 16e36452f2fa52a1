import { describe, expect, test } from 'vitest'
import { bundleOnNode, startInstalledNode, startNodeWithBundle } from '../../lab/machine/installed.ts'
import type { LabNode } from '../../lab/machine/node.ts'
import { snapshot } from '../../lab/machine/snapshot.ts'
import type { Release } from '../../lab/machine/tree.ts'
import type { CheckResult } from '../../src/checks/check.ts'
import type { Report } from '../../src/doctor/report-schema.ts'
import { exitCodes } from '../../src/lib/exit-codes.ts'
import { paths } from '../../src/node/paths.ts'
import { jsonOutput } from '../json-output.ts'
import type { Fault } from './faults/fault.ts'
import { faults } from './faults/index.ts'
import { sharedNode } from './shared-node.ts'

/** The finding must be that of the fault, with commands that are worth running. */
function requireFinding(findings: readonly CheckResult[], fault: Fault): CheckResult {
  const finding = findings.find(({ id }) => id === fault.fails)
  expect(finding?.status, JSON.stringify(finding)).toBe(fault.status ?? 'fail')
  expect(JSON.stringify(finding)).toMatch(fault.words)
  const commands = finding?.remedy?.commands ?? []
  expect(commands).toEqual([...new Set(commands)])
  return finding as CheckResult
}

/** An install must refuse and report the fault. */
async function refuses(node: LabNode, fault: Fault): Promise<void> {
  const { exitCode, stdout, stderr } = await node.run(
    `cd ${bundleOnNode} && ${fault.prefix ?? ''} ./edgekit install --json`,
  )
  expect(stdout, `exit code ${exitCode}: ${stderr}`).not.toBe('')
  const { error, findings = [] } = jsonOutput('error', stdout)
  expect({ exitCode, reported: error.exitCode }).toEqual({
    exitCode: exitCodes.refused,
    reported: exitCodes.refused,
  })
  const finding = requireFinding(findings, fault)
  if (!fault.remedied) return
  await runRemedy(node, finding)
  await node.sh(`cd ${bundleOnNode} && ./edgekit install --dry-run`)
}

/** `doctor` must report the fault as a cause, or as a warning. */
async function isReported(node: LabNode, fault: Fault): Promise<Report> {
  const { exitCode, stdout } = await node.run(`${fault.prefix ?? ''} edgekit doctor --json`)
  const report = jsonOutput('report', stdout)
  requireFinding(report.checks, fault)
  expect(report.causes.includes(fault.fails)).toBe(fault.status !== 'warn')
  expect(exitCode, JSON.stringify(report.checks.filter(isBad))).toBe(
    fault.status === 'warn' ? exitCodes.ok : exitCodes.refused,
  )
  return report
}

/** `doctor --fix` must fix a fault that is fixable. */
async function isFixed(node: LabNode, { fixable }: Fault): Promise<void> {
  if (!fixable) return
  const { exitCode, stdout, stderr } = await node.run('edgekit doctor --fix --yes', { timeoutMs: 100_000 })
  expect(exitCode, `${stdout}\n${stderr}`).toBe(exitCodes.ok)
  // What edgekit owns is still what the last install brought.
  expect(await node.read(paths.receipt)).not.toContain('superseded')
  expect(bad(jsonOutput('report', (await node.run('edgekit doctor --json')).stdout))).toEqual([])
}

/** The commands of a remedy, as a user types them in the directory of the bundle. */
async function runRemedy(node: LabNode, { remedy }: CheckResult): Promise<void> {
  expect(remedy?.commands).not.toBeUndefined()
  for (const command of remedy?.commands ?? [])
    await node.sh(`cd ${bundleOnNode}; ${command}`, { timeoutMs: 100_000 })
}

/** The remedy of a fault that is remedied must make the node healthy again: EdgeCore retries every 5 s. */
async function isRemedied(node: LabNode, fault: Fault, report: Report): Promise<void> {
  if (!fault.remedied) return
  await runRemedy(node, requireFinding(report.checks, fault))
  await expect
    .poll(async () => bad(jsonOutput('report', (await node.run('edgekit doctor --json')).stdout)), {
      timeout: 30_000,
      interval: 500,
    })
    .toEqual([])
}

async function whileBroken<T>(node: LabNode, fault: Fault, look: () => Promise<T>): Promise<T> {
  await fault.breakIt(node)
  try {
    return await look()
  } finally {
    await fault.repair?.(node)
  }
}

const isBad = ({ status }: CheckResult): boolean => status !== 'pass' && status !== 'skip'
const bad = ({ checks }: Pick<Report, 'checks'>) => checks.filter(isBad).map(({ id }) => id)

/** A fault that changes a file of edgekit's also raises a drift warning, which is left out. */
const badWithoutDrift = ({ fails }: Fault, { checks }: Pick<Report, 'checks'>) =>
  bad({
    checks: checks.filter(({ id, group, status }) => group !== 'drift' || status !== 'warn' || id === fails),
  })

/** An installed node whose broker devices reach. */
async function startNodeForDevices(release: Release): Promise<LabNode> {
  const node = await startInstalledNode(release)
  await node.sh('edgekit broker configure --yes --profile devices --address 198.51.100.10', {
    timeoutMs: 120_000,
  })
  return node
}

/** An installed node with the device service. */
async function startNodeWithService(release: Release): Promise<LabNode> {
  const node = await startInstalledNode(release)
  await node.sh('edgekit devices install --yes', { timeoutMs: 120_000 })
  return node
}

/** Break nodes of this release in every way and assert what edgekit reports. */
export function tryFaultsOn(release: Release): void {
  const all = faults.filter(fault => (fault.release ?? release) === release)
  const at = (occasion: Fault['occasion']) => all.filter(fault => fault.occasion === occasion)
  const alone = (fault: Fault) => fault.repair === undefined
  const shared = (fault: Fault) => fault.repair !== undefined

  test.concurrent.each(at('preflight').filter(alone))('$what: $fails refuses the install', async fault => {
    await using node = await startNodeWithBundle({ release, certificates: true })
    await fault.breakIt(node)
    const before = await snapshot(node)
    await refuses(node, fault)
    expect(await snapshot(node)).toEqual(before)
  })

  test.concurrent.each(at('doctor').filter(alone))('$what: $fails is the cause', async fault => {
    await using node = await startInstalledNode(release, fault.role)
    await fault.breakIt(node)
    const report = await isReported(node, fault)
    await isFixed(node, fault)
    await isRemedied(node, fault, report)
  })

  describe('before an install, on one node', () => {
    const node = sharedNode(() => startNodeWithBundle({ release, certificates: true }))

    test.each(at('preflight').filter(shared))('$what: $fails refuses the install', async fault => {
      await whileBroken(node(), fault, () => refuses(node(), fault))
    })
  })

  const onOneNode = (fits: (fault: Fault) => boolean) =>
    at('doctor').filter(fault => shared(fault) && fits(fault))
  const places = [
    ['after an install', onOneNode(({ devices, service }) => !devices && !service), startInstalledNode],
    ['with the profile devices', onOneNode(({ devices }) => devices === true), startNodeForDevices],
    ['with the device service', onOneNode(({ service }) => service === true), startNodeWithService],
  ] as const
  describe.each(places.filter(([, found]) => found.length > 0))('%s, on one node', (_, found, startOne) => {
    const node = sharedNode(() => startOne(release))

    test.each(found)('$what: only $fails reports it', async fault => {
      await whileBroken(node(), fault, async () => {
        const report = await isReported(node(), fault)
        expect(badWithoutDrift(fault, report)).toEqual([fault.fails])
        await isFixed(node(), fault)
        await isRemedied(node(), fault, report)
      })
    })

    test('the repaired node is healthy', async () => {
      const { stdout } = await node().run('edgekit doctor --json')
      expect(bad(jsonOutput('report', stdout))).toEqual([])
    })
  })
}
