import type { Node } from '../node/node.ts'
import { units } from '../node/paths.ts'

/**
 * There is no containerd on this node any more, and with it went what had been brought into it. What systemd knows of its
 * unit may be from before it read its files again.
 */
export async function isContainerdGone({ containerd, systemd, files }: Node): Promise<boolean> {
  if ((await containerd.state()) !== 'absent') return false
  const { fragmentPath } = await systemd.unit(units.containerd)
  return fragmentPath === '' || (await files.status(fragmentPath)) === undefined
}
