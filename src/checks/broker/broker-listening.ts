import { requireFact } from '../../facts/fact.ts'
import type { Facts } from '../../facts/index.ts'
import { broker, paths } from '../../node/paths.ts'
import type { Check } from '../check.ts'

/** One that requires authentication may be open to the network, without TLS: another check warns about that. */
const acceptsAnonymous = ({ brokerConfig }: Facts): boolean =>
  !('value' in brokerConfig) ||
  brokerConfig.value === undefined ||
  brokerConfig.value.listeners.some(({ port, anonymous }) => port === broker.port && anonymous)

export const brokerListening: Check = {
  id: 'broker-listening',
  title: 'Broker listens on 127.0.0.1:1883 only',
  tags: ['checklist', 'doctor'],
  needs: ['broker-active'],
  run(facts) {
    const addresses = requireFact(facts.listeners)
      .filter(({ port }) => port === broker.port)
      .map(({ address }) => address)
    const open = addresses.filter(address => !address.startsWith('127.') && address !== '::1')
    const remedy = {
      text: 'Let edgekit write mosquitto.conf again, with the line "listener 1883 127.0.0.1"; it keeps a copy of yours.',
      commands: ['edgekit broker configure --force'],
      fix: { kind: 'restore-own-file', path: paths.brokerConfig } as const,
    }
    if (open.length > 0 && acceptsAnonymous(facts)) {
      return {
        status: 'fail',
        observed: `port ${broker.port} is open to the network on ${open.join(', ')}`,
        expected: 'loopback only: this listener accepts anonymous clients',
        remedy,
      }
    }
    if (!addresses.some(address => address === broker.host || address === '0.0.0.0')) {
      return {
        status: 'fail',
        observed:
          addresses.length === 0
            ? `no program listens on port ${broker.port}`
            : `only ${addresses.join(', ')}`,
        expected: `${broker.host}:${broker.port}`,
        remedy,
      }
    }
    return { status: 'pass', observed: addresses.map(address => `${address}:${broker.port}`).join(', ') }
  },
}
