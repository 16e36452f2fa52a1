import type { LabNode } from '../machine/node.ts'

/** Give an installed node the host name that its certificate has, for an install after an uninstall. */
export const keepHostName = (node: LabNode): Promise<string> =>
  node.sh(
    `sed -n 's/^ *hostnameOverride: *//p' /etc/kubeedge/config/edgecore.yaml >/etc/hostname
     hostname --file /etc/hostname; sync --file-system /etc`,
  )
