import { requireFact } from '../../facts/fact.ts'
import type { Check } from '../check.ts'

export const brokerLogin: Check = {
  id: 'broker-login',
  title: 'The broker lets EdgeCore in',
  tags: ['checklist', 'doctor'],
  needs: ['broker-listening', 'broker-log-drained'],
  run(facts) {
    const probe = requireFact(facts.brokerProbe)
    const config = 'value' in facts.edgecoreConfig ? facts.edgecoreConfig.value.config : undefined
    const user = config?.eventBus.mqttUsername.value ?? ''
    const who = user === '' ? 'without a user name' : `as user "${user}"`
    if (!('refused' in probe)) return { status: 'pass', observed: who }
    const password = config?.eventBus.mqttPassword.set ? 'a password' : 'no password'
    return {
      status: 'fail',
      observed: `${who} and with ${password}, as in edgecore.yaml: ${probe.refused.reason} (code ${probe.refused.code})`,
      expected: 'what EdgeCore logs in with is what the broker wants',
      remedy: {
        text: 'Set modules.eventBus.mqttUsername and mqttPassword in edgecore.yaml to a user the broker knows (KubeEdge 1.10 and later; a password without a user name is not sent), or give the broker that user.',
        commands: [
          'grep -nE "allow_anonymous|password_file" /etc/edgekit/mosquitto/mosquitto.conf',
          'systemctl restart edgecore',
        ],
      },
    }
  },
}
