import { describe, expect, test } from 'vitest'
import { logLines } from '../../../../src/edgecore/log/prefixed-lines.ts'

const text = 'I0315 13:47:21.600000    4859 common.go:97] start connect to mqtt server with client id: x'

describe('what comes before a message', () => {
  test.each([
    ['nothing', '', {}],
    ['short', 'Mar 15 13:47:21 edge-1 edgecore[7]: ', { pid: 7, writer: 'edgecore' }],
    ['a Chinese month', '3月 15 13:47:21 edge-1 edgecore[7]: ', { pid: 7, writer: 'edgecore' }],
    ['a French month', 'févr. 04 13:47:21 edge-1 edgecore[7]: ', { pid: 7, writer: 'edgecore' }],
    ['a German month', 'Mär 15 13:47:21 edge-1 edgecore[7]: ', { pid: 7, writer: 'edgecore' }],
    ['a day before the month', '15 mars 13:47:21 edge-1 edgecore[7]: ', { pid: 7, writer: 'edgecore' }],
    ['no process id', 'Mar 15 13:47:21 edge-1 edgecore: ', { writer: 'edgecore' }],
    ['a syslog priority', '<30>Mar 15 13:47:21 edge-1 edgecore[7]: ', { pid: 7, writer: 'edgecore' }],
    ['a quote', '> Mar 15 13:47:21 edge-1 edgecore[7]: ', { pid: 7, writer: 'edgecore' }],
    ['a quote of a quote', '> >> ', {}],
    ['a column', '| ', {}],
    [
      'ISO 8601',
      '2026-03-15T13:47:21+0800 edge-1 edgecore[7]: ',
      { pid: 7, writer: 'edgecore', time: Date.UTC(2026, 2, 15, 5, 47, 21) },
    ],
    [
      'RFC 3339',
      '2026-03-15T13:47:21.5Z edge-1 edgecore: ',
      { writer: 'edgecore', time: Date.UTC(2026, 2, 15, 13, 47, 21, 500) },
    ],
    ['a stamp of containerd', '2026-03-15T13:47:21.123456789Z stderr F ', {}],
    [
      'a repetition',
      'Mar 15 13:47:21 edge-1 edgecore[7]: message repeated 3 times: [ ',
      { pid: 7, writer: 'edgecore' },
    ],
  ])('%s', (_, before, fields) => {
    const after = before.endsWith('[ ') ? ']' : ''
    expect(logLines(`${before}${text}${after}\n`)).toEqual([{ text, ...fields }])
  })

  test('a log that was joined to one line is taken apart', () => {
    const other = text.replace('21.6', '22.6')
    expect(logLines(`${text} ${other}\n`).map(line => line.text.trim())).toEqual([text, other])
  })

  test('line ends of Windows, empty lines and terminal colors go', () => {
    expect(logLines(`\u001b[0m${text}\u001b[0m\r\n\r\n`)).toEqual([{ text }])
  })
})
