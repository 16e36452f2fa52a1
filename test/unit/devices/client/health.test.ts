import { expect, test } from 'vitest'
import { readHealth } from '../../../../src/devices/client/health.ts'

const healthy = { status: 'ok', broker: 'connected', database: 'ok', waiting: 1, lag_ms: 2, dead_letters: 3 }
const asked: string[] = []
const answering = (body: string) => ({
  async get(url: string) {
    asked.push(url)
    return { status: 503, body }
  },
})

test.each([
  ['127.0.0.1', 'http://127.0.0.1:7883/healthz'],
  ['0.0.0.0', 'http://127.0.0.1:7883/healthz'],
  ['::', 'http://[::1]:7883/healthz'],
])('a service that listens on %s is asked at %s', async (address, url) => {
  const health = await readHealth(answering(JSON.stringify(healthy)), { address, port: 7883 })
  expect(asked.at(-1)).toBe(url)
  expect(health).toEqual({ broker: 'connected', database: 'ok', waiting: 1, lagMs: 2, deadLetters: 3 })
})

test.each([
  'ok',
  '{}',
  'null',
  JSON.stringify({ ...healthy, broker: 'x' }),
  JSON.stringify({ ...healthy, waiting: '1' }),
])('%s is of another program', async body => {
  await expect(readHealth(answering(body), { address: '127.0.0.1', port: 1 })).rejects.toThrow(
    'another program answers',
  )
})
