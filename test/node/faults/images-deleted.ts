import { changeEdgecore, putEdgecoreBack } from '../../lab/edgecore-config.ts'
import type { Fault } from './fault.ts'

const message = '"Removing image to free bytes" imageID="sha256:1" size=736864'

export const imagesDeleted: Fault = {
  what: 'the disk was full, and the kubelet inside EdgeCore has deleted an image',
  occasion: 'doctor',
  fails: 'images-kept',
  status: 'warn',
  says: /Removing image to free bytes/,
  release: 'bookworm',
  async breakIt(node) {
    await changeEdgecore('', 'finish hub-client pub')(node)
    await node.sh(
      `pid=$(systemctl show edgecore --value --property=MainPID)
       printf '%s\\n' "MESSAGE=I$(date +%m%d) $(date +%T).000000 $(printf %7d $pid) image_gc_manager.go:487] "'${message}' OBJECT_SYSTEMD_UNIT=edgecore.service | logger --journald
       until edgekit doctor images-kept | grep -q Removing; do sleep 0.2; done`,
    )
  },
  mend: putEdgecoreBack,
}
