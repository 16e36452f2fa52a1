import { expect, test } from 'vitest'
import { withoutOwnClients } from '../../../../src/broker/log/own-clients.ts'

// As mosquitto 2.0.21 and 2.1.2 log them.
test.each([
  ['2.0', ''],
  ['2.1', ' [127.0.0.1:41000]'],
])('mosquitto %s: lines about edgekit are left out, those about others stay', (_, address) => {
  const others = [
    '2026-11-30T10:53:01: mosquitto version 2.0.21 running',
    '2026-11-30T10:53:02: New connection from 127.0.0.1:42000 on port 1883.',
    '2026-11-30T10:53:02: New client connected from 127.0.0.1:42000 as hub-client-1 (p2, c1, k30).',
    '2026-11-30T10:53:02: New connection from 127.0.0.1:4100 on port 1883.',
    '2026-11-30T10:53:03: Client my-edgekit-1 disconnected.',
    '2026-11-30T10:53:04: New connection from 127.0.0.1:43000 on port 1883.',
  ]
  const own = [
    '2026-11-30T10:53:01: New connection from 127.0.0.1:41000 on port 1883.',
    '2026-11-30T10:53:01: New client connected from 127.0.0.1:41000 as edgekit-1aa0be7e (p2, c1, k60).',
    `2026-11-30T10:53:01: Client edgekit-1aa0be7e${address} disconnected.`,
    `2026-11-30T10:53:01: Client edgekit-wait${address} closed its connection.`,
  ]
  expect(withoutOwnClients([...own.slice(0, 2), ...others, ...own.slice(2)])).toEqual(others)
})
