import { paths } from '../../src/node/paths.ts'
import { type LabCloud, startCloud } from '../cloud/cloud.ts'
import type { LabNode } from '../machine/node.ts'
import { restartEdgecore } from './restart-edgecore.ts'

const kept = '/var/before-the-cloud'
const joined = '/etc/kubeedge/ca /etc/kubeedge/certs /var/lib/kubeedge/edgecore.db'
const clouds = new Map<string, LabCloud>()

interface Joining {
  /** HOST:PORT of the websocket, if not that of the cloud. */
  websocket?: string
  /** What EdgeCore has logged when the node is where it should be. */
  until: string
  /** Before EdgeCore asks for its certificate. */
  prepare?: (cloud: LabCloud) => Promise<unknown>
}

/** Start a cloud beside the node, and let EdgeCore join it in place of the cloud that is never there. `leaveCloud` reverts it. */
export async function joinCloud(node: LabNode, { websocket, until, prepare }: Joining): Promise<LabCloud> {
  const cloud = await startCloud(node)
  clouds.set(node.name, cloud)
  await prepare?.(cloud)
  const token = await cloud.token()
  const [host] = cloud.cloudcore.split(':')
  await node.sh(`systemctl stop edgecore; mkdir ${kept}
    cp --archive ${paths.edgecoreConfig} ${kept}/; mv ${joined} ${kept}/
    sed -i 's,httpServer: .*,httpServer: https://${host}:10002,; s,192.0.2.1:10000,${websocket ?? cloud.cloudcore},; s,token: .*,token: ${token},' ${paths.edgecoreConfig}
    ${restartEdgecore(until)}`)
  return cloud
}

/** Restore the node as it was before `joinCloud`, and remove the cloud. */
export async function leaveCloud(node: LabNode): Promise<void> {
  await node.sh(`systemctl stop edgecore; rm -rf ${joined}
    mv ${kept}/ca ${kept}/certs /etc/kubeedge/; mv ${kept}/edgecore.db /var/lib/kubeedge/
    mv ${kept}/edgecore.yaml ${paths.edgecoreConfig}; rmdir ${kept}; ${restartEdgecore()}`)
  await clouds.get(node.name)?.[Symbol.asyncDispose]()
  clouds.delete(node.name)
}
