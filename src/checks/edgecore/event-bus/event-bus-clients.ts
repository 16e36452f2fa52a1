import { requireFact } from '../../../facts/fact.ts'
import type { Check } from '../../check.ts'

export const eventBusClients: Check = {
  id: 'event-bus-clients',
  title: 'EventBus clients have different client IDs',
  tags: ['doctor'],
  appliesTo: { edgecore: 'prepared' },
  needs: ['edgecore-config-valid'],
  run(facts) {
    const { path, config } = requireFact(facts.edgecoreConfig)
    if (!config?.eventBus.enable.value) return { status: 'skip', observed: 'EventBus is disabled' }
    const { mqttSubClientID, mqttPubClientID, mqttUsername, mqttPassword } = config.eventBus
    const [sub, pub] = [mqttSubClientID.value, mqttPubClientID.value]
    if (sub !== '' && sub === pub) {
      return {
        status: 'fail',
        observed: `mqttSubClientID and mqttPubClientID are both "${sub}"`,
        expected:
          'empty or different IDs: the broker disconnects a client when another one connects with its ID',
        remedy: {
          text: 'Set modules.eventBus.mqttSubClientID and mqttPubClientID to "", then restart EdgeCore.',
          commands: [
            `sed -i 's/\\(mqtt[SP]ubClientID\\): .*/\\1: ""/' ${path}`,
            'systemctl restart edgecore',
          ],
        },
      }
    }
    if (mqttPassword.set && mqttUsername.value === '') {
      return {
        status: 'warn',
        observed: 'mqttPassword is set without mqttUsername',
        expected: 'both or neither: EventBus does not send a password without a user name',
        remedy: {
          text: 'Set modules.eventBus.mqttUsername, or remove mqttPassword.',
          commands: [`\${EDITOR:-vi} ${path}`, 'systemctl restart edgecore'],
        },
      }
    }
    return {
      status: 'pass',
      observed: sub === '' && pub === '' ? 'generated IDs' : `"${sub}" and "${pub}"`,
    }
  },
}
