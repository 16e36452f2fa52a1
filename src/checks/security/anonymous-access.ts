import { requireFact } from '../../facts/fact.ts'
import type { Check } from '../check.ts'

const isLocal = (address: string): boolean => /^(127\.|::1$|localhost$)/.test(address)

export const anonymousAccess: Check = {
  id: 'anonymous-access',
  title: 'Who comes from the network has to say who he is',
  tags: ['checklist', 'doctor', 'security'],
  needs: ['broker-listening'],
  run(facts) {
    const config = requireFact(facts.brokerConfig)
    if (!config) return { status: 'skip', observed: 'there is no mosquitto.conf of edgekit' }
    const open = config.listeners.filter(({ address, anonymous }) => anonymous && !isLocal(address))
    const entered = requireFact(facts.anonymousEndpoints)
    if (open.length === 0 && entered.length === 0) {
      const others = config.listeners.filter(({ address }) => !isLocal(address))
      return {
        status: 'pass',
        observed:
          others.length === 0 ? 'nothing is open to the network' : 'user name and password, or a certificate',
      }
    }
    return {
      status: 'fail',
      observed:
        entered.length > 0
          ? `edgekit came in without a word at ${entered.map(({ host, port }) => `${host}:${port}`).join(', ')}`
          : 'mosquitto.conf lets anybody in from the network',
      expected: 'allow_anonymous false for every listener that is not on 127.0.0.1',
      evidence: open.map(({ port, address }) => `listener ${port} ${address}`.trim()),
      remedy: {
        text: 'Set allow_anonymous false and a password_file below that listener, or put it on 127.0.0.1.',
        commands: [
          'grep -nE "listener|allow_anonymous|password_file" /etc/edgekit/mosquitto/mosquitto.conf',
          'systemctl restart mosquitto',
        ],
      },
    }
  },
}
