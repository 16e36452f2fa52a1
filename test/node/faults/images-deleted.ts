import { changeEdgecore, putEdgecoreBack } from '../../../lab/tweaks/edgecore-config.ts'
import type { Fault } from './fault.ts'

export const imagesDeleted: Fault = {
  what: 'the disk was full, and the kubelet inside EdgeCore has deleted an image',
  occasion: 'doctor',
  fails: 'images-evicted',
  status: 'warn',
  says: /Removing image to free bytes/,
  release: 'bookworm',
  async breakIt(node) {
    await node.sh('systemctl set-environment EDGECORE_STAND_IN_DELETES=sha256:1')
    await changeEdgecore('', 'finish hub-client pub')(node)
    await node.sh('systemctl unset-environment EDGECORE_STAND_IN_DELETES')
  },
  mend: putEdgecoreBack,
}
