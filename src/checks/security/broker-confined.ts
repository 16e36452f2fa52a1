import type { BrokerProcessFacts } from '../../facts/broker-process.ts'
import { requireFact } from '../../facts/fact.ts'
import { paths } from '../../node/paths.ts'
import type { Check } from '../check.ts'

export const brokerConfined: Check = {
  id: 'broker-confined',
  title: 'Broker process has minimal privileges',
  tags: ['doctor', 'security'],
  needs: ['broker-active', 'running-as-root'],
  run(facts) {
    const broker = requireFact(facts.brokerProcess)
    if (!broker) return { status: 'skip', observed: 'the broker is not running' }
    const excess = excessPrivileges(broker)
    if (excess.length === 0)
      return { status: 'pass', observed: `user ${broker.uid}, no capabilities, seccomp, read-only root` }
    return {
      status: 'fail',
      observed: `the broker has excess privileges: ${excess.join('; ')}`,
      expected: 'an unprivileged user, no capabilities, a seccomp filter and a read-only root file system',
      remedy: {
        text: 'Restore the unit, then restart the broker.',
        commands: [`./edgekit install --force=${paths.brokerUnit}`, 'systemctl restart mosquitto'],
      },
    }
  },
}

/** CAP_SETGID and CAP_SETUID, which the broker needs to drop root. The unit drops all others. */
const allowed = 0xc0n

function excessPrivileges(broker: BrokerProcessFacts): string[] {
  const bounding = BigInt(`0x${broker.capabilities.bounding || '0'}`)
  return [
    ...(broker.uid === 0 ? ['it runs as root'] : []),
    ...(/^0*$/.test(broker.capabilities.effective) ? [] : ['it holds capabilities']),
    ...((bounding & ~allowed) === 0n ? [] : [`it can gain capabilities (${broker.capabilities.bounding})`]),
    ...(broker.noNewPrivileges ? [] : ['it can gain privileges (no_new_privs is off)']),
    ...(broker.seccomp === 2 ? [] : ['seccomp is off']),
    ...(broker.rootReadOnly ? [] : ['its root file system is writable']),
  ]
}
