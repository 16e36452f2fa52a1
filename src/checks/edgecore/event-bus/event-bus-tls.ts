import { eventBusValues } from '../../../edgecore/config/event-bus.ts'
import { requireFact } from '../../../facts/fact.ts'
import type { Check } from '../../check.ts'
import { installSetting } from '../../shared/install-setting.ts'

const plain = { 'modules.eventBus.eventBusTLS.enable': false }
const localBroker = eventBusValues['modules.eventBus.mqttServerExternal']

const isSecure = (address: string): boolean => /^(ssl|tls|tcps|wss):\/\//.test(address)

export const eventBusTls: Check = {
  id: 'event-bus-tls',
  title: 'EventBus TLS settings are consistent',
  tags: ['doctor', 'security'],
  appliesTo: { edgecore: 'prepared' },
  needs: ['edgecore-config-valid'],
  run(facts) {
    const { path, config } = requireFact(facts.edgecoreConfig)
    if (!config?.eventBus.enable.value) return { status: 'skip', observed: 'EventBus is disabled' }
    const { tls, mqttServerExternal } = config.eventBus
    const address = mqttServerExternal.value
    const missing = requireFact(facts.certificates).eventBusProblems
    if (missing.length > 0) {
      return {
        status: 'fail',
        observed: 'eventBusTLS is enabled but files are missing: EdgeCore crashes',
        expected: 'the CA, certificate and key files set in modules.eventBus.eventBusTLS',
        evidence: missing,
        remedy: {
          text: 'Set modules.eventBus.eventBusTLS.enable to false, or add the files. On 127.0.0.1, TLS is not needed.',
          commands: [`\${EDITOR:-vi} ${path}`, 'systemctl restart edgecore'],
        },
      }
    }
    if (tls.enable.value === isSecure(address))
      return { status: 'pass', observed: tls.enable.value ? `on, ${address}` : `off, ${address}` }
    return {
      status: 'fail',
      observed: tls.enable.value
        ? `eventBusTLS is enabled, but ${address} is plain MQTT: EdgeCore silently uses no TLS`
        : `${address} uses TLS, but eventBusTLS is disabled: EdgeCore accepts any certificate and sends none`,
      expected: 'ssl:// with eventBusTLS.enable true, or tcp:// with false',
      remedy: {
        text: 'Disable TLS, which is not needed on 127.0.0.1, and use the plain address of the broker.',
        commands: [installSetting({ ...plain, 'modules.eventBus.mqttServerExternal': localBroker })],
      },
    }
  },
}
