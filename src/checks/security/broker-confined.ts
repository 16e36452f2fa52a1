import type { BrokerProcessFacts } from '../../facts/broker-process.ts'
import { requireFact } from '../../facts/fact.ts'
import type { Check } from '../check.ts'

export const brokerConfined: Check = {
  id: 'broker-confined',
  title: 'The broker may do no more than it needs',
  tags: ['doctor', 'security'],
  needs: ['broker-active', 'running-as-root'],
  run(facts) {
    const broker = requireFact(facts.brokerProcess)
    if (!broker) return { status: 'skip', observed: 'there is no process of the broker' }
    const loose = looseEnds(broker)
    if (loose.length === 0)
      return { status: 'pass', observed: `user ${broker.uid}, no capabilities, seccomp, read-only root` }
    return {
      status: 'fail',
      observed: `the broker has more rights than it needs: ${loose.join('; ')}`,
      expected: 'an ordinary user, no capabilities, a filter of system calls, a root it cannot write to',
      remedy: {
        text: 'Its unit has been changed, or another program has started it. Put the unit back, and restart the broker.',
        commands: ['systemctl cat mosquitto', './edgekit install', 'systemctl restart mosquitto'],
      },
    }
  },
}

/** CAP_SETGID and CAP_SETUID, with which it becomes an ordinary user; all others are taken from it. */
const allowed = 0xc0n

function looseEnds(broker: BrokerProcessFacts): string[] {
  const bounding = BigInt(`0x${broker.capabilities.bounding || '0'}`)
  return [
    ...(broker.uid === 0 ? ['it runs as root'] : []),
    ...(/^0*$/.test(broker.capabilities.effective) ? [] : ['it has capabilities']),
    ...((bounding & ~allowed) === 0n ? [] : [`it could get capabilities (${broker.capabilities.bounding})`]),
    ...(broker.noNewPrivileges ? [] : ['it could get privileges (no_new_privs is off)']),
    ...(broker.seccomp === 2 ? [] : ['no filter of system calls (seccomp is off)']),
    ...(broker.rootReadOnly ? [] : ['it can write to its root file system']),
  ]
}
