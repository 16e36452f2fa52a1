import { expect, test } from 'vitest'
import { type LogLine, limitedLog } from '../../../src/devices/log.ts'

test('20 lines a minute pass, then the number of the others', () => {
  const lines: LogLine[] = []
  let now = 0
  const log = limitedLog(
    line => lines.push(line),
    () => now,
  )
  const say = () => log({ level: 'warning', message: 'not stored' })
  for (let count = 0; count < 25; count++) say()
  expect(lines).toHaveLength(20)
  now = 60_000
  say()
  expect(lines.slice(20)).toEqual([
    { level: 'warning', message: 'messages like these were not logged', omitted: 5 },
    { level: 'warning', message: 'not stored' },
  ])
  now = 120_000
  say()
  expect(lines).toHaveLength(23)
})
