import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import type { LabNode } from '../../lab/machine/node.ts'
import { paths } from '../../src/node/paths.ts'

export const database = '/var/lib/kubeedge/edgecore.db'
const dropIn = '/etc/systemd/system/edgecore.service.d/50-next.conf'

/** What the EdgeCore of the next bundle does wrong (lab/edgecore/misbehavior.ts), after so many seconds. */
export const nextDoes = (node: LabNode, what: string, seconds = 2) =>
  node.sh(
    `printf '[Service]\\nEnvironment=EDGECORE_STAND_IN_NEXT=${what} EDGECORE_STAND_IN_AFTER=${seconds}\\n' >${dropIn}; systemctl daemon-reload`,
  )
export const nextWorks = (node: LabNode) => node.sh(`rm ${dropIn}; systemctl daemon-reload`)

/** Publish what `belongings` finds again. */
export const keepMessage = (node: LabNode) => node.sh('edgekit pub sensor/room1 kept --retain --qos 1')

/** What an upgrade must not lose: programs, configuration, certificates, what the cloud has sent, a retained message. */
export async function belongings(node: LabNode) {
  using sent = new DatabaseSync(join(node.root, database), { readOnly: true })
  return {
    files: await node.sh(
      `sha256sum ${paths.edgecore} ${paths.edgecoreConfig} ${paths.brokerConfig} /etc/kubeedge/c*/*.{crt,key}`,
    ),
    kept: await node.sh('edgekit sub sensor/room1 --count 1 --time 5s'),
    sent: sent.prepare('SELECT key, type FROM meta ORDER BY key').all(),
  }
}
