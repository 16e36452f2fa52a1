import { requireFact } from '../../facts/fact.ts'
import type { Facts } from '../../facts/index.ts'
import type { Check, Finding } from '../check.ts'

/** A package may have been built on a machine whose clock is slightly ahead. */
const toleranceMs = 86_400_000
/** The clocks of two machines may differ a little. */
const certificateToleranceMs = 300_000

const day = (time: number): string => new Date(time).toISOString().slice(0, 10)
const minute = (time: number): string => `${new Date(time).toISOString().slice(0, 16)}Z`

export const clock: Check = {
  id: 'clock',
  title: 'System clock is not in the past',
  tags: ['preflight', 'doctor'],
  appliesTo: { roles: ['edge', 'cloud'] },
  run(facts) {
    const { now, pastEvents } = requireFact(facts.clock)
    const later = pastEvents.filter(({ time }) => time > now + toleranceMs)
    const [certificate] = notYetValid(facts, now)
    if (later.length === 0 && certificate) return behindCertificate(certificate, now)
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

/** Certificates of the cloud that begin later than now; the last one first. */
function notYetValid({ certificates }: Facts, now: number) {
  const issued = 'value' in certificates ? certificates.value.issued : []
  return issued
    .filter(({ validFrom }) => validFrom > now + certificateToleranceMs)
    .toSorted((one, other) => other.validFrom - one.validFrom)
}

const behindCertificate = (
  { file, validFrom }: { file: string; validFrom: number },
  now: number,
): Finding => ({
  status: 'fail',
  observed: `the clock is set to ${minute(now)}, before ${file} was issued`,
  expected: `${minute(validFrom)} or later: until then no connection to the cloud is trusted`,
  evidence: [`${minute(validFrom)} ${file} begins`],
  remedy: {
    text: 'Set the clock. If it is right, the clock of the cloud is ahead.',
    commands: ['timedatectl set-time "YYYY-MM-DD HH:MM:SS"', 'timedatectl status'],
  },
})
