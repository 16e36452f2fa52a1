import { changeEdgecore, putEdgecoreBack } from '../../../lab/tweaks/edgecore-config.ts'
import type { Fault } from './fault.ts'

export const deviceTwinOff: Fault = {
  what: 'DeviceTwin is off',
  occasion: 'doctor',
  fails: 'edgecore-event-bus',
  says: /modules\.deviceTwin\.enable is false, expected true/,
  release: 'bookworm',
  breakIt: changeEdgecore(
    "perl -0pi -e 's/  deviceTwin:\\n    enable: true/  deviceTwin:\\n    enable: false/' $file",
  ),
  mend: putEdgecoreBack,
}
