import { paths } from '../../src/node/paths.ts'
import type { LabNode } from '../machine/node.ts'

const program = `
set -u
host=$(hostname)
{
  # All that can be changed: what it is, mode, owner, target of a link. Not what was unpacked in /root.
  find /etc /opt /usr /root /var/lib /var/tmp /srv -xdev \\
    \\( -path /root/bundle -o -path /root/crash -o -path /var/lib/systemd -o -path /var/lib/edgekit/mosquitto/mosquitto.db \\
       -o -path /var/lib/edgekit/receipt.json -o -path '/var/tmp/systemd-private-*' -o -path /var/lib/private -o -path /var/lib/kubeedge \\) -prune -o -printf '%p %y %m %U %G %l\\n'
  files() {
    find /etc /opt /usr/local /root /var/lib/edgekit /var/tmp -xdev -type f \\
      -not -path '/root/bundle/*' -not -path '/root/crash/*' -not -path '*/mosquitto.db' -not -name receipt.json "$@"
  }
  # Of programs of 100 MB the sha256sum of Debian 12 would be most of the work.
  files -size +50M -exec cksum {} +
  files -not -size +50M -print0 >/tmp/files
  # Where the name of the node is in a text, it does not count.
  xargs -0 grep -aFLZ -- "$host" </tmp/files | xargs -0 sha256sum
  xargs -0 grep -aFlZ -- "$host" </tmp/files | while IFS= read -r -d '' file; do
    printf '%s %s\\n' "$file" "$(sed "s/$host/NODE/g" "$file" | sha256sum)"
  done
  rm /tmp/files
  systemctl list-units --all --plain --no-legend | grep -E '^(mosquitto|edgecore|containerd)' | tr -s ' ' || :
  for unit in mosquitto edgecore containerd; do
    systemctl show $unit -p Id,LoadState,UnitFileState,FragmentPath,DropInPaths,NeedDaemonReload | sed "s/^/$unit /"
  done
  # What nothing refers to, such as the index of an archive that was imported, containerd 1.6 and 1.7 collect at some
  # later change. The end of a lease can be told to wait for that; it is of all namespaces and takes nothing else.
  ctr -n k8s.io leases create --id lab-collect >/dev/null && ctr -n k8s.io leases delete --sync lab-collect >/dev/null
  ctr -n k8s.io images ls | tr -s ' ' | sed 's/^/image /'
  ctr -n k8s.io containers ls | tr -s ' ' | sed 's/^/container /'
  ctr -n k8s.io tasks ls | awk '{print "task", $1, $3}'
  ctr -n k8s.io snapshots ls | tr -s ' ' | sed 's/^/snapshot /'
  ctr -n k8s.io content ls -q | sed 's/^/content /'
  ctr -n k8s.io leases ls -q | sed 's/^/lease /'
} 2>&1`

/**
 * Everything on a node that edgekit can change, as sorted lines to compare with another node: paths with mode, owner and
 * hash, links, the receipt without times, unit states, images, containers, content.
 */
export async function wholeNode(node: LabNode): Promise<string[]> {
  const lines = (await node.sh(program)).split('\n')
  return [...new Set([...lines, ...(await receiptLines(node))])].toSorted()
}

interface Receipt {
  bundle: object
  items: { spec: object; after: unknown; before: unknown }[]
}

/** The receipt without fields that differ between runs or nodes. */
async function receiptLines(node: LabNode): Promise<string[]> {
  const text = await node.read(paths.receipt).catch(() => undefined)
  if (text === undefined) return []
  const { bundle, items } = JSON.parse(
    text
      .replaceAll(node.name, 'NODE')
      .replaceAll(/(backups\/)[^/]+\/\d+-/g, '$1')
      .replaceAll(/"time": *\d+/g, '"time":0'),
  ) as Receipt
  const comparable = items.map(item => ({ ...item, after: item.after !== null }))
  return [bundle, ...comparable].map(entry => `receipt ${JSON.stringify(entry)}`)
}

/** Lines that only one side has, marked with - and +. */
export function difference(before: readonly string[], after: readonly string[]): string[] {
  const [old, now] = [new Set(before), new Set(after)]
  return [
    ...before.filter(line => !now.has(line)).map(line => `- ${line}`),
    ...after.filter(line => !old.has(line)).map(line => `+ ${line}`),
  ]
}
