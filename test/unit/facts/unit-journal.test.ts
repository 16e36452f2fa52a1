import { expect, test } from 'vitest'
import { unitJournal } from '../../../src/facts/unit-journal.ts'
import { tinyNode } from '../actions/tiny-node.ts'

const unit = 'x.service'

test.each([
  ['in /etc', true, {}, 1],
  ['of a package', false, { load: 'loaded' }, 1],
  ['removed, and still running', false, { load: 'not-found', active: 'active' }, 1],
  ['unknown', false, { load: 'not-found', active: 'inactive' }, 0],
])('reads the journal of a unit that is %s', async (_, isInPlace, state, lines) => {
  const node = await tinyNode()
  if (isInPlace) await node.put(`/etc/systemd/system/${unit}`, '')
  node.setUnit(unit, state)
  expect(await unitJournal(node, unit, 100)).toHaveLength(lines)
})
