import { changeEdgecore, putEdgecoreBack } from '../../../lab/tweaks/edgecore-config.ts'
import type { Fault } from './fault.ts'

export const eventBusBoth: Fault = {
  what: 'EventBus was switched to both brokers',
  occasion: 'doctor',
  fails: 'edgecore-event-bus',
  says: /modules\.eventBus\.mqttMode is 1, expected 2/,
  release: 'trixie',
  breakIt: changeEdgecore("sed -i 's/mqttMode: 2/mqttMode: 1/' $file"),
  mend: putEdgecoreBack,
}
