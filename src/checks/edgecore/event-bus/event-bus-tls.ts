import { requireFact } from '../../../facts/fact.ts'
import type { Check } from '../../check.ts'

const isSecure = (address: string): boolean => /^(ssl|tls|tcps|wss):\/\//.test(address)

export const eventBusTls: Check = {
  id: 'event-bus-tls',
  title: 'TLS of EventBus is all on or all off',
  tags: ['doctor', 'security'],
  appliesTo: { edgecore: 'prepared' },
  needs: ['edgecore-config-valid'],
  run(facts) {
    const config = requireFact(facts.edgecoreConfig).config
    if (!config?.eventBus.enable.value) return { status: 'skip', observed: 'EventBus is off' }
    const { tls, mqttServerExternal } = config.eventBus
    const address = mqttServerExternal.value
    const missing = requireFact(facts.certificates).eventBusProblems
    if (missing.length > 0) {
      return {
        status: 'fail',
        observed: 'eventBusTLS is on, and its files are not all there: EdgeCore crashes',
        expected: 'the CA, certificate and key that modules.eventBus.eventBusTLS names',
        evidence: missing,
        remedy: {
          text: 'Put the files there, or set modules.eventBus.eventBusTLS.enable to false: on 127.0.0.1 plain MQTT is enough.',
          commands: ['grep -n -A 4 eventBusTLS /etc/kubeedge/config/edgecore.yaml'],
        },
      }
    }
    if (tls.enable.value === isSecure(address))
      return { status: 'pass', observed: tls.enable.value ? `on, ${address}` : `off, ${address}` }
    return {
      status: 'fail',
      observed: tls.enable.value
        ? `eventBusTLS is on, but ${address} is plain MQTT: EdgeCore uses no TLS and does not say so`
        : `${address} is TLS, but eventBusTLS is off: EdgeCore accepts any certificate and shows none`,
      expected: 'ssl:// with eventBusTLS.enable true, or tcp:// with false',
      remedy: {
        text: 'For the broker on this node set enable to false and the address to tcp://127.0.0.1:1883.',
        commands: ['./edgekit install', 'systemctl restart edgecore'],
        fix: { kind: 'patch-event-bus' },
      },
    }
  },
}
