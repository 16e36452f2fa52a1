import { requireFact } from '../../facts/fact.ts'
import type { Check } from '../check.ts'

/** A package may have been built on a machine whose clock is slightly ahead. */
const toleranceMs = 86_400_000

const day = (time: number): string => new Date(time).toISOString().slice(0, 10)

export const clock: Check = {
  id: 'clock',
  title: 'System clock is not in the past',
  tags: ['preflight', 'doctor'],
  appliesTo: { roles: ['edge', 'cloud'] },
  run(facts) {
    const { now, pastEvents } = requireFact(facts.clock)
    const later = pastEvents.filter(({ time }) => time > now + toleranceMs)
    if (later.length === 0) return { status: 'pass', observed: new Date(now).toISOString() }
    return {
      status: 'fail',
      observed: `the clock is set to ${day(now)}`,
      expected: `${day(Math.max(...later.map(({ time }) => time)))} or later: a wrong clock makes certificates and tokens invalid`,
      evidence: later.map(({ event, time }) => `${day(time)} ${event}`),
      remedy: {
        text: 'Set the clock. A machine without a clock battery also needs a time server.',
        commands: ['timedatectl set-time "YYYY-MM-DD HH:MM:SS"', 'timedatectl status'],
      },
    }
  },
}
