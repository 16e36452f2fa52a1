import type { LabNode } from './node.ts'

const trees = '/etc /opt /usr /root /var/lib/edgekit /var/lib/kubeedge /var/lib/kubelet'

/**
 * Everything that an install can change on a node, as lines to compare: each path with mode, owner, size, modification
 * time and link target, and the images, containers and snapshots of containerd.
 */
export async function snapshot(node: LabNode): Promise<string[]> {
  const found = await node.sh(
    [
      // Created by EdgeCore.
      `find ${trees} \\( -path /var/lib/kubeedge -o -path /var/lib/kubeedge/edgecore.db \\) -o -not -type d -printf '%p %m %U %G %s %T@ %l\\n' -o -printf '%p %m %U %G\\n' 2>/dev/null`,
      // ctr waits 10 s for a stopped containerd.
      'if systemctl --quiet is-active containerd; then for what in images containers snapshots; do echo "$what: $(ctr -n k8s.io $what ls 2>&1)"; done; fi',
    ].join('; '),
  )
  return found.split('\n').toSorted()
}
