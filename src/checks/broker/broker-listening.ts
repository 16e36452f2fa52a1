import { requireFact } from '../../facts/fact.ts'
import { broker, paths } from '../../node/paths.ts'
import type { Check } from '../check.ts'

export const brokerListening: Check = {
  id: 'broker-listening',
  title: 'The broker listens on 127.0.0.1:1883 and nowhere else',
  tags: ['checklist', 'doctor'],
  needs: ['broker-active'],
  run(facts) {
    const addresses = requireFact(facts.listeners)
      .filter(({ port }) => port === broker.port)
      .map(({ address }) => address)
    const open = addresses.filter(address => !address.startsWith('127.') && address !== '::1')
    const configuration = {
      text: 'The configuration that edgekit wrote has the one line "listener 1883 127.0.0.1".',
      commands: ['grep -n listener /etc/edgekit/mosquitto/mosquitto.conf', 'systemctl restart mosquitto'],
      fix: { kind: 'restore-own-file', path: paths.brokerConfig } as const,
    }
    if (open.length > 0) {
      return {
        status: 'fail',
        observed: `port ${broker.port} is open to the network on ${open.join(', ')}`,
        expected: 'loopback only: the broker accepts anybody who reaches it',
        remedy: configuration,
      }
    }
    if (!addresses.includes(broker.host)) {
      return {
        status: 'fail',
        observed:
          addresses.length === 0 ? `nothing listens on port ${broker.port}` : `only ${addresses.join(', ')}`,
        expected: `${broker.host}:${broker.port}`,
        remedy: configuration,
      }
    }
    return { status: 'pass', observed: addresses.map(address => `${address}:${broker.port}`).join(', ') }
  },
}
