import { describe, expect, test } from 'vitest'
import type { PlannedStep } from '../../../../src/install/plan/plan.ts'
import { refuseUnderRunningEdgecore } from '../../../../src/install/plan/staged.ts'
import type { NodeSettings } from '../../../../src/install/request/node-settings.ts'
import { exitCodes } from '../../../../src/lib/exit-codes.ts'
import { paths } from '../../../../src/node/paths.ts'
import { healthy } from '../../checks/healthy.ts'

const step = (id: string, kind = 'file') => ({ id, kind, spec: {}, title: id }) as unknown as PlannedStep
const planOf = (...steps: PlannedStep[]) => ({ undo: [], steps, foreign: [], kept: [] })

function tryIt(stage: boolean, active: string, ...steps: PlannedStep[]): void {
  const facts = healthy()
  facts.units.value.edgecore.active = active
  const settings: NodeSettings = { set: {}, edgecore: true, stage, adopt: false }
  refuseUnderRunningEdgecore(settings, planOf(...steps), facts)
}

describe('a staged install', () => {
  test.each([
    ['its program', 'active', step(paths.edgecore)],
    ['its unit', 'active', step(paths.edgecoreUnit)],
    ['its drop-in', 'active', step(paths.edgecoreDropIn)],
    ['its configuration at another path', 'active', step('/srv/edgecore.yaml', 'edgecore-config')],
    ['its program while it is being restarted', 'activating', step(paths.edgecore)],
  ])('must not change %s under a running EdgeCore', (_, active, changed) => {
    expect(() => tryIt(true, active, step(paths.program), changed)).toThrow(
      expect.objectContaining({
        exitCode: exitCodes.refused,
        message: expect.stringMatching(new RegExp(`without restarting it:\n  ${changed.id}$`)),
      }),
    )
  })

  test.each([
    ['EdgeCore is stopped', true, 'inactive', step(paths.edgecore)],
    ['EdgeCore is not changed', true, 'active', step(paths.program)],
    ['the install is not staged', false, 'active', step(paths.edgecore)],
  ])('continues when %s', (_, stage, active, changed) => {
    expect(() => tryIt(stage, active, changed)).not.toThrow()
  })
})
