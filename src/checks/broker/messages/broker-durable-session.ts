import { requireFact } from '../../../facts/fact.ts'
import { isLocal } from '../../../node/network/local-address.ts'
import { paths } from '../../../node/paths.ts'
import type { Check, Finding } from '../../check.ts'

export const brokerDurableSession: Check = {
  id: 'broker-durable-session',
  title: 'Offline clients receive their messages later',
  tags: ['checklist', 'doctor'],
  needs: ['broker-round-trip'],
  run(facts) {
    const probe = requireFact(facts.brokerProbe)
    if (!('offline' in probe) || !probe.offline)
      return { status: 'skip', observed: 'the broker does not accept MQTT 5' }
    if ('failure' in probe.edgecoreTopics)
      return { status: 'skip', observed: 'an access list denies the topics of the test' }
    if ('ms' in probe.offline)
      return { status: 'pass', observed: 'a message published while its subscriber was offline arrived' }
    const config = requireFact(facts.brokerConfig)
    return {
      status: 'warn',
      observed: `the broker acknowledged a message for an offline subscriber, which did not receive it: ${probe.offline.failure}`,
      expected: 'the broker keeps messages with QoS 1 and 2 for durable sessions (clean session off)',
      evidence: config?.perListener ? ['mosquitto.conf: per_listener_settings true'] : [],
      remedy: remedyFor(config),
    }
  },
}

const edit = [`\${EDITOR:-vi} ${paths.brokerConfig}`, 'systemctl restart mosquitto']

function remedyFor(
  config: { perListener: boolean; listeners: { address: string }[] } | undefined,
): NonNullable<Finding['remedy']> {
  if (!config?.perListener)
    return {
      text: 'Check the limits on queued messages and the access list in mosquitto.conf, then restart the broker.',
      commands: [
        `grep -nE "max_queued|persistent_client_expiration|acl_file" ${paths.brokerConfig}`,
        ...edit,
      ],
    }
  if (config.listeners.every(({ address }) => isLocal(address)))
    return {
      text: 'Delete the line per_listener_settings from mosquitto.conf, then restart the broker. mosquitto 2.0.12 to 2.0.22 loses these messages with it.',
      commands: [`sed -i "/^ *per_listener_settings/d" ${paths.brokerConfig}`, 'systemctl restart mosquitto'],
    }
  return {
    text: 'Install a bundle with mosquitto 2.0.23 or later. Or delete the line per_listener_settings and set allow_anonymous false, which then applies to every listener: name one password_file, and give EdgeCore a user in it.',
    commands: edit,
  }
}
