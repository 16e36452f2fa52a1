import { requireFact } from '../../facts/fact.ts'
import { hostPort } from '../../lib/format.ts'
import { isLocal } from '../../node/network/local-address.ts'
import type { Check } from '../check.ts'

export const brokerPlaintext: Check = {
  id: 'broker-plaintext',
  title: 'Network listeners use TLS',
  tags: ['checklist', 'doctor', 'security'],
  needs: ['anonymous-access'],
  run(facts) {
    const config = requireFact(facts.brokerConfig)
    if (!config) return { status: 'skip', observed: 'mosquitto.conf does not exist' }
    const network = config.listeners.filter(({ address }) => !isLocal(address))
    if (network.length === 0) return { status: 'pass', observed: 'no network listeners' }
    const plain = network.filter(({ tls }) => !tls)
    if (plain.length === 0) return { status: 'pass', observed: 'all network listeners use TLS' }
    return {
      status: 'warn',
      observed: `clients can connect without TLS: ${plain
        .map(({ address, port }) => hostPort(address || '0.0.0.0', port))
        .join(', ')}`,
      expected:
        'TLS on every listener that is not on 127.0.0.1: everyone on the network can read passwords and messages',
      remedy: {
        text: 'Move the devices to port 8883, then close the listener. One that you have added to mosquitto.conf or conf.d is yours to remove.',
        commands: ['edgekit broker configure --no-allow-plaintext-listener'],
      },
    }
  },
}
