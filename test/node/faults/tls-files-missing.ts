import { changeEdgecore, putEdgecoreBack } from '../../../lab/tweaks/edgecore-config.ts'
import type { Fault } from './fault.ts'

export const tlsFilesMissing: Fault = {
  what: 'TLS of EventBus is on, and its files are not there',
  occasion: 'doctor',
  fails: 'event-bus-tls',
  says: /tls-of-nobody\.crt does not exist/,
  release: 'trixie',
  breakIt: changeEdgecore(
    "perl -0pi -e 's/eventBusTLS:\\n      enable: false/eventBusTLS:\\n      enable: true/; s,(tlsMqttCertFile: ).*,$1/etc/kubeedge/tls-of-nobody.crt,' $file",
  ),
  mend: putEdgecoreBack,
}
