import type { LabNode } from './node.ts'

const trees = '/etc /opt /usr /root /var/lib/edgekit /var/lib/kubeedge /var/lib/kubelet'

/**
 * What an install may change on a node, as lines to compare: every path with its mode, owner, size, time of change
 * and link target, which is what makes a unit enabled, the images, containers and snapshots of containerd.
 */
export async function snapshot(node: LabNode): Promise<string[]> {
  const found = await node.sh(
    [
      // What EdgeCore makes itself.
      `find ${trees} \\( -path /var/lib/kubeedge -o -path /var/lib/kubeedge/edgecore.db \\) -o -not -type d -printf '%p %m %U %G %s %T@ %l\\n' -o -printf '%p %m %U %G\\n' 2>/dev/null`,
      // Each ctr would wait 10 s for one that is stopped.
      'if systemctl --quiet is-active containerd; then for what in images containers snapshots; do echo "$what: $(ctr -n k8s.io $what ls 2>&1)"; done; fi',
    ].join('; '),
  )
  return found.split('\n').toSorted()
}
