import { expect, test } from 'vitest'
import { OwnClientFilter } from '../../../../src/broker/log/own-client-filter.ts'

const of = (client: string, port: number) => [
  `2026-06-01T00:00:00: New connection from 127.0.0.1:${port} on port 1883.`,
  `2026-06-01T00:00:00: New client connected from 127.0.0.1:${port} as ${client} (p2, c1, k60).`,
  `2026-06-01T00:00:01: Client ${client} disconnected.`,
]

test.each([
  ['own clients only', of('edgekit-1a2b', 4001), []],
  ['others only', of('sensor', 4001), of('sensor', 4001)],
  ['one after the other', [...of('edgekit-1a2b', 4001), ...of('sensor', 4002)], of('sensor', 4002)],
  [
    'two connections at once',
    [of('sensor', 2), of('edgekit-1', 1)]
      .map(([first = '']) => first)
      .concat(of('sensor', 2).slice(1), of('edgekit-1', 1).slice(1)),
    of('sensor', 2),
  ],
])('%s', (_, lines, expected) => {
  const filter = new OwnClientFilter()
  expect([...lines.flatMap(line => filter.add(line)), ...filter.flush()]).toEqual(expected)
})

test('a connection without a client is shown at the end', () => {
  const filter = new OwnClientFilter()
  const [line = ''] = of('x', 1)
  expect(filter.add(line)).toEqual([])
  expect(filter.flush()).toEqual([line])
})

test('a client that never sends its name holds back a hundred lines at most', () => {
  const filter = new OwnClientFilter()
  const lines = [...of('x', 1).slice(0, 1), ...Array.from({ length: 99 }, (_, index) => `line ${index}`)]
  expect(lines.flatMap(line => filter.add(line))).toEqual(lines)
})
