import { requireFact } from '../../../facts/fact.ts'
import { plural } from '../../../lib/format.ts'
import type { Check } from '../../check.ts'

/** mosquitto reads argon2id and long salts since 2.1. Only the tag of the image shows its version. */
const isOld = /:2\.0[^/]*$/

export const brokerPasswords: Check = {
  id: 'broker-passwords',
  title: 'Broker can read all passwords',
  tags: ['checklist', 'doctor', 'security'],
  needs: ['running-as-root', 'install-finished'],
  run(facts) {
    const { passwords } = requireFact(facts.brokerAccess)
    if (!passwords) return { status: 'pass', observed: 'the broker has no password file' }
    const image = ('value' in facts.bundle && facts.bundle.value?.broker.image) || ''
    const unreadable = passwords.unreadable.filter(
      ({ needsVersion21 }) => !needsVersion21 || isOld.test(image),
    )
    if (unreadable.length === 0) return { status: 'pass', observed: passwords.path }
    return {
      status: 'fail',
      observed: `${plural(unreadable.length, 'user')} in ${passwords.path} cannot log in`,
      expected: 'hashes that the broker image reads ($7$ with a salt of 12 bytes): it drops other lines',
      evidence: unreadable.slice(0, 5).map(({ user, why }) => `${user} ${why}`),
      remedy: {
        text: 'Set new passwords for these users.',
        commands: unreadable.slice(0, 5).map(({ user }) => `edgekit broker user passwd ${user}`),
      },
    }
  },
}
