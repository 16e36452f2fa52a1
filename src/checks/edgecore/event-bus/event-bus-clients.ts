import { requireFact } from '../../../facts/fact.ts'
import type { Check } from '../../check.ts'

export const eventBusClients: Check = {
  id: 'event-bus-clients',
  title: "EventBus's two clients do not cut each other off",
  tags: ['doctor'],
  appliesTo: { edgecore: 'prepared' },
  needs: ['edgecore-config-valid'],
  run(facts) {
    const config = requireFact(facts.edgecoreConfig).config
    if (!config?.eventBus.enable.value) return { status: 'skip', observed: 'EventBus is off' }
    const { mqttSubClientID, mqttPubClientID, mqttUsername, mqttPassword } = config.eventBus
    const [sub, pub] = [mqttSubClientID.value, mqttPubClientID.value]
    if (sub !== '' && sub === pub) {
      return {
        status: 'fail',
        observed: `mqttSubClientID and mqttPubClientID are both "${sub}"`,
        expected:
          'empty, or two different ones: a broker allows an id once, so the two clients throw each other out without end',
        remedy: {
          text: 'Leave modules.eventBus.mqttSubClientID and mqttPubClientID empty, then restart EdgeCore.',
          commands: ['grep -n ClientID /etc/kubeedge/config/edgecore.yaml', 'systemctl restart edgecore'],
        },
      }
    }
    if (mqttPassword.set && mqttUsername.value === '') {
      return {
        status: 'warn',
        observed: 'mqttPassword is set, mqttUsername is not',
        expected: 'both or none: a password without a user name is not sent',
        remedy: {
          text: 'Set modules.eventBus.mqttUsername, or take the password out.',
          commands: ['grep -n mqttUsername /etc/kubeedge/config/edgecore.yaml'],
        },
      }
    }
    return {
      status: 'pass',
      observed: sub === '' && pub === '' ? 'ids of their own' : `"${sub}" and "${pub}"`,
    }
  },
}
