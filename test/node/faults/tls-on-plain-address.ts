import { changeEdgecore, putEdgecoreBack } from '../../../lab/tweaks/edgecore-config.ts'
import type { Fault } from './fault.ts'

export const tlsOnPlainAddress: Fault = {
  what: 'TLS of EventBus is on, and its address is plain MQTT',
  occasion: 'doctor',
  fails: 'event-bus-tls',
  says: /EdgeCore uses no TLS and does not say so/,
  release: 'bookworm',
  breakIt: changeEdgecore(
    "perl -0pi -e 's/eventBusTLS:\\n      enable: false/eventBusTLS:\\n      enable: true/' $file",
  ),
  mend: putEdgecoreBack,
}
