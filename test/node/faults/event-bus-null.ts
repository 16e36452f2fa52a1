import { changeEdgecore, putEdgecoreBack } from '../../../lab/tweaks/edgecore-config.ts'
import type { Fault } from './fault.ts'

export const eventBusNull: Fault = {
  what: 'eventBus has no value, and EdgeCore crashes',
  occasion: 'doctor',
  fails: 'edgecore-config-valid',
  says: /modules\.eventBus has no value/,
  release: 'bookworm',
  breakIt: changeEdgecore("perl -0pi -e 's/  eventBus:\\n(    .*\\n)+/  eventBus: null\\n/' $file"),
  mend: putEdgecoreBack,
}
