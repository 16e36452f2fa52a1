import { changeEdgecore, putEdgecoreBack } from '../../../lab/tweaks/edgecore-config.ts'
import type { Fault } from './fault.ts'

export const eventBusOff: Fault = {
  what: 'EventBus is off, as keadm --minconfig has it',
  occasion: 'doctor',
  fails: 'edgecore-event-bus',
  says: /modules\.eventBus\.enable is false, expected true/,
  release: 'trixie',
  breakIt: changeEdgecore(
    "perl -0pi -e 's/  eventBus:\\n    enable: true/  eventBus:\\n    enable: false/' $file",
  ),
  mend: putEdgecoreBack,
}
