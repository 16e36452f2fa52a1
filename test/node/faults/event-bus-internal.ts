import { changeEdgecore, putEdgecoreBack } from '../../../lab/tweaks/edgecore-config.ts'
import type { Fault } from './fault.ts'

export const eventBusInternal: Fault = {
  what: 'EventBus was switched to the broker inside EdgeCore',
  occasion: 'doctor',
  fails: 'edgecore-event-bus',
  heals: true,
  says: /modules\.eventBus\.mqttMode is 0, expected 2/,
  release: 'bookworm',
  breakIt: changeEdgecore("sed -i 's/mqttMode: 2/mqttMode: 0/' $file"),
  mend: putEdgecoreBack,
}
