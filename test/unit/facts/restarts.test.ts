import { expect, test } from 'vitest'
import { restarts } from '../../../src/facts/restarts.ts'

const minute = 60_000
const said = (text: string, { pid = 1, time = 0 } = {}) => ({ pid, time, text })
const started = said('Started mosquitto.service.')
const crashed = (time = 0) => [
  said('mosquitto.service: Main process exited, code=killed, status=9/KILL', { time }),
  said("mosquitto.service: Failed with result 'signal'.", { time }),
]
const again = (counter: number, time = 0) => [
  said(`mosquitto.service: Scheduled restart job, restart counter is at ${counter}.`, { time }),
  said('Starting mosquitto.service...', { time }),
]

test.each([
  ['a running unit', [started], 0],
  ['an empty journal', [], 0],
  ['one crash', [started, ...crashed(), ...again(1), started], 1],
  ['two crashes', [...crashed(), ...again(1), started, ...crashed(), ...again(2), started], 2],
  [
    'two crashes, the first one long ago',
    [...crashed(), ...again(1), ...crashed(), ...again(2, 11 * minute)],
    1,
  ],
  ['a manual restart between two automatic ones', [...crashed(), ...again(1), ...crashed(), started], 0],
  [
    'a manual restart of a running unit',
    [...crashed(), ...again(1), said('mosquitto.service: Deactivated successfully.'), started],
    0,
  ],
  [
    'a client whose name looks like a message of systemd',
    [started, said('New client connected as x: Scheduled restart job, restart counter', { pid: 7 })],
    0,
  ],
])('counts restarts: %s', (_what, journal, expected) => expect(restarts(journal)).toBe(expected))
