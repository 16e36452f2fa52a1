import { changeEdgecore } from '../../../lab/tweaks/edgecore-config.ts'
import type { Fault } from './fault.ts'

export const neverJoined: Fault = {
  what: 'the node never met its cloud, and EdgeCore gives up half a minute after each start',
  occasion: 'doctor',
  fails: 'edgecore-active',
  says: /the node has never talked to its cloud.*DisableCSIVolumePlugin/,
  release: 'trixie',
  breakIt: changeEdgecore(
    "rm /etc/kubeedge/certs/*; perl -0pi -e 's/DisableCSIVolumePlugin: true/DisableCSIVolumePlugin: false/; s/edgeHub:\\n    enable: true/edgeHub:\\n    enable: false/' $file",
    'Failed to initialize CSINode after retrying',
  ),
}
