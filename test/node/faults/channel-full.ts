import { changeEdgecore, putEdgecoreBack } from '../../../lab/tweaks/edgecore-config.ts'
import type { Fault } from './fault.ts'

export const channelFull: Fault = {
  what: 'more messages waited for the broker than EdgeCore has room for',
  occasion: 'doctor',
  fails: 'event-bus-backlog',
  status: 'warn',
  says: /The module eventbus message channel is full/,
  release: 'bookworm',
  async breakIt(node) {
    await node.sh('systemctl set-environment EDGECORE_STAND_IN_ROOM=0')
    await changeEdgecore('', 'finish hub-client pub')(node)
    await node.sh('systemctl unset-environment EDGECORE_STAND_IN_ROOM')
  },
  mend: putEdgecoreBack,
}
