import { expect, test } from 'vitest'
import { parseKlog } from '../../../../src/edgecore/log/klog.ts'
import { logLines } from '../../../../src/edgecore/log/prefixed-lines.ts'
import { readEdgecoreLog } from '../../../../src/edgecore/log/read-log.ts'
import { now, start } from './klog-lines.ts'

const parse = (text: string, at = now) => parseKlog(logLines(`${text}\n`), at)
const stamped = (stamp: string) => `I${stamp} 12:00:00.000000       1 server.go:1] Version: v1.22.0`

test("the journal's time counts, not the stamp", () => {
  const text = start('hub-client-sub-7', { at: 1 })
  const at = (agoMs: number) => readEdgecoreLog([{ text, time: now.getTime() - agoMs }], { now }).eventBus
  expect([at(5000), at(20_000)]).toEqual(['connecting', 'hung'])
})

test('a stamp of December read in January is of last year', () => {
  expect(parse(stamped('1231'))[0]?.at).toBe(new Date(2025, 11, 31, 12).getTime())
})

test('stamps before and after the day of reading, or across a new year, keep their order', () => {
  for (const day of [new Date(2026, 5, 15), new Date(2026, 0, 1), new Date(2026, 11, 31)]) {
    for (const stamps of [
      ['0610', '0620'],
      ['1231', '0101'],
    ]) {
      const [first, second] = parse(stamps.map(stamped).join('\n'), day).map(({ at = 0 }) => at)
      expect(Math.round(((second ?? 0) - (first ?? 0)) / 86_400_000)).toBe(stamps[0] === '0610' ? 10 : 1)
    }
  }
})

test('a repeated panic is one record of at most 40 lines', () => {
  const records = parse(Array(500).fill('panic: boom').join('\n'))
  expect(records).toHaveLength(1)
  expect(records[0]?.more).toHaveLength(40)
})

test('a file with its directory (--add_dir_header) is found by its name', () => {
  expect(parse('E0102 12:00:00.000000 1 app/server.go:1] x')[0]).toMatchObject({
    file: 'server.go',
    message: 'x',
  })
})

test('lines that are no log give nothing', () => {
  expect(parse('a\nb\n\nc')).toEqual([])
})
