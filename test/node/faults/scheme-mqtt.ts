import { changeEdgecore, putEdgecoreBack } from '../../../lab/tweaks/edgecore-config.ts'
import type { Fault } from './fault.ts'

export const schemeMqtt: Fault = {
  what: 'the address of the broker is mqtt://, which EdgeCore does not know',
  occasion: 'doctor',
  fails: 'edgecore-event-bus',
  says: /mqttServerExternal is .*mqtt:\/\/127\.0\.0\.1:1883/,
  release: 'bookworm',
  breakIt: changeEdgecore("sed -i 's,tcp://127.0.0.1:1883,mqtt://127.0.0.1:1883,' $file"),
  mend: putEdgecoreBack,
}
