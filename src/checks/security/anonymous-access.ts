import { requireFact } from '../../facts/fact.ts'
import { isLocal } from '../../node/network/local-address.ts'
import type { Check } from '../check.ts'

export const anonymousAccess: Check = {
  id: 'anonymous-access',
  title: 'Network listeners require authentication',
  tags: ['checklist', 'doctor', 'security'],
  needs: ['broker-listening'],
  run(facts) {
    const config = requireFact(facts.brokerConfig)
    if (!config) return { status: 'skip', observed: 'mosquitto.conf does not exist' }
    const open = config.listeners.filter(({ address, anonymous }) => anonymous && !isLocal(address))
    const endpoints = requireFact(facts.anonymousEndpoints)
    if (open.length === 0 && endpoints.length === 0) {
      const others = config.listeners.filter(({ address }) => !isLocal(address))
      return {
        status: 'pass',
        observed:
          others.length === 0 ? 'no network listeners' : 'all network listeners require authentication',
      }
    }
    return {
      status: 'fail',
      observed:
        endpoints.length > 0
          ? `anonymous clients can connect to ${endpoints.map(({ host, port }) => `${host}:${port}`).join(', ')}`
          : 'mosquitto.conf allows anonymous clients from the network',
      expected: 'allow_anonymous false on every listener that is not on 127.0.0.1',
      evidence: open.map(({ port, address }) => `listener ${port} ${address}`.trim()),
      remedy: {
        text: 'Find the file with the listener. Set allow_anonymous false and a password_file there, or bind the listener to 127.0.0.1, then restart the broker.',
        commands: [
          "grep -rE --include='*.conf' '^ *(listener|allow_anonymous) ' /etc/edgekit/mosquitto",
          'systemctl restart mosquitto',
        ],
      },
    }
  },
}
