import { expect, test } from 'vitest'
import { parseJournal } from '../../../src/node/systemd-journal.ts'

const bytes = (text: string | Buffer): string => `[${[...Buffer.from(text)].join()}]`

// Taken from journalctl 252 --output=json --output-fields=MESSAGE,_PID; the cursors are shortened.
const entry = (message: string): string =>
  `{"MESSAGE":${message},"__REALTIME_TIMESTAMP":"1795227938566458","__CURSOR":"s=33f2;i=572","_PID":"717","__MONOTONIC_TIMESTAMP":"2931877916","_BOOT_ID":"a343413dc12746a99a00432bc2ba1e30"}`

test.each([
  ['plain', '"plain"', 'plain'],
  ['UTF-8', '"zwölf €"', 'zwölf €'],
  ['bytes that are no UTF-8', bytes(Buffer.from('bytes \xff\xfe end', 'latin1')), 'bytes \ufffd\ufffd end'],
  ['a colour of a terminal', bytes('\x1b[31mred\x1b[0m'), 'red'],
  ['what clears a terminal and sets its title', bytes('a\x1b[2Jb\x1b]0;title\x07c'), 'abc'],
  ['null: longer than journalctl shows', 'null', ''],
  ['empty', '""', ''],
])('parses a message: %s', (_, message, text) => {
  expect(parseJournal(`${entry(message)}\n`)).toEqual([{ time: 1_795_227_938_566.458, pid: 717, text }])
})

test('parses a line without a process id, such as one of the kernel', () => {
  const [line] = parseJournal('{"MESSAGE":"x","__REALTIME_TIMESTAMP":"1795227938566458"}\n')
  expect(line?.pid).toBe(0)
})

test('keeps the order of lines', () => {
  const lines = parseJournal(`${entry('"one"')}\n${entry('"two"')}\n`)
  expect(lines.map(({ text }) => text)).toEqual(['one', 'two'])
})

test('parses an empty journal', () => {
  expect(parseJournal('')).toEqual([])
})
