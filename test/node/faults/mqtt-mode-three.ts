import { changeEdgecore, putEdgecoreBack } from '../../../lab/tweaks/edgecore-config.ts'
import type { Fault } from './fault.ts'

export const mqttModeThree: Fault = {
  what: 'mqttMode is 3, which EdgeCore exits on',
  occasion: 'doctor',
  fails: 'edgecore-config-valid',
  says: /modules\.eventBus\.mqttMode is 3, outside 0 to 2/,
  release: 'trixie',
  breakIt: changeEdgecore("sed -i 's/mqttMode: 2/mqttMode: 3/' $file"),
  mend: putEdgecoreBack,
}
