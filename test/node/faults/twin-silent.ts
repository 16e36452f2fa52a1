import { changeEdgecore, putEdgecoreBack, putFileBack } from '../../../lab/tweaks/edgecore-config.ts'
import type { Fault } from './fault.ts'

export const twinSilent: Fault = {
  what: 'EdgeCore was started with DeviceTwin off; the file is right by now',
  occasion: 'doctor',
  fails: 'twin-answers',
  says: /nobody answers on \$hw\/events\/node/,
  release: 'bookworm',
  async breakIt(node) {
    const off = "perl -0pi -e 's/  deviceTwin:\\n    enable: true/  deviceTwin:\\n    enable: false/' $file"
    await changeEdgecore(off, 'finish hub-client pub')(node)
    await node.sh(putFileBack)
  },
  mend: putEdgecoreBack,
}
