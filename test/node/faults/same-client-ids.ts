import { changeEdgecore, putEdgecoreBack } from '../../../lab/tweaks/edgecore-config.ts'
import type { Fault } from './fault.ts'

export const sameClientIds: Fault = {
  what: 'both clients of EventBus have one id',
  occasion: 'doctor',
  fails: 'event-bus-clients',
  says: /are both ..?same/,
  release: 'trixie',
  breakIt: changeEdgecore("sed -i 's/ClientID: .*/ClientID: same/' $file"),
  mend: putEdgecoreBack,
}
