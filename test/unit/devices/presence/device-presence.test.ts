import { expect, test } from 'vitest'
import { startPresence } from '../../../../src/devices/presence/device-presence.ts'
import { DatabaseAway } from '../../../../src/devices/store/store.ts'

test('what cannot be stored is stored with the next change, and reported once', async () => {
  let isAway = false
  const stored: string[] = []
  const log: string[] = []
  const events: string[] = []
  const store = {
    presence: async () => new Map([['d1', true]]),
    setPresence: async (changes: readonly { device: string; online: boolean | undefined }[]) => {
      if (isAway) throw new DatabaseAway('locked')
      stored.push(...changes.map(({ device, online }) => `${device} ${online}`))
    },
  }
  const presence = await startPresence(
    { leaseSeconds: 0 },
    store,
    (topic, payload) => events.push(`${topic} ${JSON.stringify({ ...payload, timestamp: 0 })}`),
    ({ message }) => log.push(message),
  )
  expect(stored.splice(0)).toEqual(['d1 undefined'])
  isAway = true
  presence.resume('broker')
  presence.expire()
  await presence.stop()
  expect(stored).toEqual([])
  expect(log).toEqual(['cannot store which devices are online'])
  isAway = false
  await presence.stop()
  expect(stored).toEqual(['d1 false'])
  expect(events).toEqual([
    'system/devices/offline {"device_id":"d1","reason":"its lease ended","timestamp":0}',
  ])
})
