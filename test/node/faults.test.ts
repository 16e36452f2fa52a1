import { describe, expect, test } from 'vitest'
import type { CheckResult } from '../../src/checks/check.ts'
import { exitCodes } from '../../src/errors.ts'
import { startInstalledNode, startNodeWithBundle } from '../lab/installed.ts'
import { snapshot } from '../lab/snapshot.ts'
import { releases } from '../lab/tree.ts'
import { faults } from './faults/index.ts'

describe.each(releases)('%s', release => {
  const at = (occasion: string) => faults.filter(fault => fault.occasion === occasion)

  test.concurrent.each(at('preflight'))('$what: $fails refuses the install', async fault => {
    await using node = await startNodeWithBundle({ release, certificates: true })
    await fault.breakIt(node)
    const before = await snapshot(node)
    const { exitCode, stdout } = await node.run(
      `cd /root/bundle && ${fault.prefix ?? ''} ./edgekit install --json`,
    )
    const { error, findings } = JSON.parse(stdout) as { error: { exitCode: number }; findings: CheckResult[] }
    expect({ exitCode, reported: error.exitCode }).toEqual({
      exitCode: exitCodes.refused,
      reported: exitCodes.refused,
    })
    const finding = findings.find(({ id }) => id === fault.fails)
    expect(finding?.status).toBe(fault.fails === 'running-as-root' ? 'error' : 'fail')
    expect(JSON.stringify(finding)).toMatch(fault.says)
    expect(await snapshot(node)).toEqual(before)
  })

  test.concurrent.each(at('doctor'))('$what: $fails is the cause', async fault => {
    await using node = await startInstalledNode(release, fault.role)
    await fault.breakIt(node)
    const { exitCode, stdout } = await node.run(`${fault.prefix ?? ''} edgekit doctor --json`)
    const { causes, checks } = JSON.parse(stdout) as { causes: string[]; checks: CheckResult[] }
    expect(causes).toContain(fault.fails)
    expect(exitCode).toBe(exitCodes.refused)
    const finding = checks.find(({ id }) => id === fault.fails)
    expect(finding?.status).toBe('fail')
    expect(JSON.stringify(finding)).toMatch(fault.says)
  })
})
