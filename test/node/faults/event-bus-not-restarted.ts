import { changeEdgecore, putEdgecoreBack, putFileBack } from '../../../lab/tweaks/edgecore-config.ts'
import type { Fault } from './fault.ts'

export const eventBusNotRestarted: Fault = {
  what: 'the address of the broker was wrong; the file is right by now, and EdgeCore was not restarted',
  occasion: 'doctor',
  fails: 'edgecore-mqtt',
  says: /EventBus does not know the scheme/,
  release: 'trixie',
  async breakIt(node) {
    await changeEdgecore(
      "sed -i 's,tcp://127.0.0.1:1883,mqtt://127.0.0.1:1883,' $file",
      'Unknown protocol',
    )(node)
    await node.sh(putFileBack)
  },
  mend: putEdgecoreBack,
}
