import { requireFact } from '../../facts/fact.ts'
import type { Check } from '../check.ts'

/** Files may be written on a machine whose clock is a little ahead. */
const tolerance = 86_400_000

const day = (time: number): string => new Date(time).toISOString().slice(0, 10)

export const clock: Check = {
  id: 'clock',
  title: 'The clock is not behind what has already happened',
  tags: ['preflight', 'doctor'],
  appliesTo: { roles: ['edge', 'cloud'] },
  run(facts) {
    const { now, pastEvents } = requireFact(facts.clock)
    const later = pastEvents.filter(({ time }) => time > now + tolerance)
    if (later.length === 0) return { status: 'pass', observed: new Date(now).toISOString() }
    return {
      status: 'fail',
      observed: `the clock says ${day(now)}`,
      expected: `${day(Math.max(...later.map(({ time }) => time)))} or later: with a wrong clock certificates and tokens count as not valid yet or as expired`,
      evidence: later.map(({ event, time }) => `${day(time)} ${event}`),
      remedy: {
        text: 'Set the clock. A machine without a battery for it loses the time with the power; then it needs a time server.',
        commands: ['timedatectl set-time "YYYY-MM-DD HH:MM:SS"', 'timedatectl status'],
      },
    }
  },
}
