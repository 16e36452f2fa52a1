import { requireFact } from '../../facts/fact.ts'
import type { Check } from '../check.ts'

export const brokerLogin: Check = {
  id: 'broker-login',
  title: "Broker accepts EdgeCore's credentials",
  tags: ['checklist', 'doctor'],
  needs: ['broker-listening', 'broker-log-drained', 'broker-capacity'],
  run(facts) {
    const probe = requireFact(facts.brokerProbe)
    const config = 'value' in facts.edgecoreConfig ? facts.edgecoreConfig.value.config : undefined
    const user = config?.eventBus.mqttUsername.value ?? ''
    const login = user === '' ? 'without a user name' : `as user "${user}"`
    if (!('refused' in probe)) return { status: 'pass', observed: login }
    const password = config?.eventBus.mqttPassword.set ? 'a password' : 'no password'
    return {
      status: 'fail',
      observed: `${login} and with ${password}, as in edgecore.yaml: ${probe.refused.reason} (code ${probe.refused.code})`,
      expected: 'the credentials in edgecore.yaml are valid for the broker',
      remedy: {
        text: "Set modules.eventBus.mqttUsername and mqttPassword in edgecore.yaml to a user in the broker's password_file (KubeEdge 1.10 and later), then restart EdgeCore.",
        commands: ['${EDITOR:-vi} /etc/kubeedge/config/edgecore.yaml', 'systemctl restart edgecore'],
      },
    }
  },
}
