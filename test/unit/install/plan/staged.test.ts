import { describe, expect, test } from 'vitest'
import { refuseUnderRunningEdgecore } from '../../../../src/install/plan/staged.ts'
import type { Change } from '../../../../src/install/record/journal.ts'
import type { NodeSettings } from '../../../../src/install/request/node-settings.ts'
import { exitCodes } from '../../../../src/lib/exit-codes.ts'
import { units } from '../../../../src/node/paths.ts'
import { healthy } from '../../checks/healthy.ts'

interface Situation {
  stage?: boolean
  active?: string
  enabled?: string
  undo?: Pick<Change, 'id' | 'before'>[]
}

function tryIt({ stage = true, active = 'inactive', enabled = 'disabled', undo = [] }: Situation): void {
  const facts = healthy()
  Object.assign(facts.units.value.edgecore, { active, enabled })
  const settings: NodeSettings = { set: {}, edgecore: true, stage, adopt: false }
  const change = { change: 1, kind: '', spec: {}, state: 'done', touched: 0, done: 1, after: null } as const
  const changes = undo.map(part => ({ ...change, ...part }))
  refuseUnderRunningEdgecore(settings, { undo: changes, steps: [], foreign: [], kept: [] }, facts)
}

const started = { id: units.edgecore, before: { tried: false } }
const startedAgain = { id: units.edgecore, before: { tried: true } }
const enabled = { id: `enable ${units.edgecore}`, before: { enabled: false } }
const enabledBefore = { id: `enable ${units.edgecore}`, before: { enabled: true } }

describe('a node is not staged', () => {
  test.each<[string, Situation, string]>([
    ['while EdgeCore runs', { active: 'active' }, 'is running'],
    [
      'while EdgeCore restarts again and again',
      { active: 'activating', enabled: 'enabled' },
      'is being restarted',
    ],
    ['when EdgeCore starts at boot', { enabled: 'enabled' }, 'starts at boot'],
    ['when EdgeCore ran before', { active: 'active', undo: [startedAgain] }, 'is running'],
    ['when EdgeCore was enabled before', { enabled: 'enabled', undo: [enabledBefore] }, 'starts at boot'],
  ])('%s', (_, situation, words) => {
    expect(() => tryIt(situation)).toThrow(
      expect.objectContaining({
        exitCode: exitCodes.refused,
        message: `cannot stage this node: edgecore.service ${words}`,
        remedy: expect.stringMatching(/--no-stage.*\n {2}systemctl disable --now edgecore$/),
      }),
    )
  })
})

describe('an install continues', () => {
  test.each<[string, Situation]>([
    ['when EdgeCore is stopped and disabled', {}],
    ['when it is not staged', { stage: false, active: 'active', enabled: 'enabled' }],
    [
      'when it first reverts what an interrupted one started',
      { active: 'active', enabled: 'enabled', undo: [started, enabled] },
    ],
  ])('%s', (_, situation) => {
    expect(() => tryIt(situation)).not.toThrow()
  })
})
