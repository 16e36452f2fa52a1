import { expect, test } from 'vitest'
import { requireStableEdgecore } from '../../../../src/install/apply/health.ts'
import { units } from '../../../../src/node/paths.ts'
import { tinyNode } from '../../actions/tiny-node.ts'

const signal = new AbortController().signal

test('one that stays up is fine', async () => {
  const node = await tinyNode()
  node.setUnit(units.edgecore, { active: 'active', restarts: 3 })
  await requireStableEdgecore(node, 40, signal)
})

test.each([
  ['is being restarted', { active: 'activating', sub: 'auto-restart' }],
  ['has failed', { active: 'failed', sub: 'failed' }],
  ['was restarted meanwhile', { active: 'active', restarts: 1 }],
])('an EdgeCore that %s is unstable, and the error shows its log', async (_, state) => {
  const node = await tinyNode()
  node.setUnit(units.edgecore, { active: 'active' })
  let queries = 0
  const unit = node.systemd.unit.bind(node.systemd)
  node.systemd.unit = async name => {
    if (++queries === 3) node.setUnit(units.edgecore, state)
    return unit(name)
  }
  await expect(requireStableEdgecore(node, 10_000, signal)).rejects.toThrow(
    /EdgeCore ran before but does not stay up now[\s\S]*Address already in use/,
  )
})

test('stops waiting when a signal arrives', async () => {
  const node = await tinyNode()
  node.setUnit(units.edgecore, { active: 'active' })
  await expect(requireStableEdgecore(node, 60_000, AbortSignal.abort(new Error('stopped')))).rejects.toThrow(
    'stopped',
  )
})
