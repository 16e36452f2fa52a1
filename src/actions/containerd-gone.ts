import type { Node } from '../node/node.ts'
import { units } from '../node/paths.ts'
import { isUnknown } from '../node/systemd.ts'

/** There is no containerd on this node any more, and with it went what had been brought into it. */
export const isContainerdGone = async ({ containerd, systemd }: Node): Promise<boolean> =>
  (await containerd.state()) === 'absent' && isUnknown(await systemd.unit(units.containerd))
