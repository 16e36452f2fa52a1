import type { HeldListener, Holder } from '../../facts/listeners.ts'
import type { Finding } from '../check.ts'

/** DaemonSet of the CloudCore chart 1.16 and later: a broker with host networking on every edge node. */
const chartBroker = 'edge-eclipse-mosquitto'

const place = ({ pod, container, unit, controlGroup }: Holder): string => {
  if (pod) return `pod ${pod}`
  if (container) return `container ${container.slice(0, 12)}`
  return unit ?? controlGroup
}

/** The process that holds a port, described so that it can be found. */
export const describeHolder = ({ address, port, owner }: HeldListener): string => {
  const at = `${address.includes(':') ? `[${address}]` : address}:${port}`
  if (!owner) return `${at} is held by a process visible only to root`
  const from = owner.package ? `, package ${owner.package}` : ''
  return `${at} is held by ${owner.program} (pid ${owner.pid}, ${place(owner)}${from})`
}

/** How to free the port. */
export function holderRemedy(owner: Holder | undefined): NonNullable<Finding['remedy']> {
  if (owner?.controlGroup.includes('kubepods')) {
    const { pod = chartBroker } = owner
    if (!pod.includes(chartBroker)) return { text: `Remove pod ${pod} from this node on the cloud side.` }
    return {
      text: `Delete the DaemonSet ${chartBroker} on the cloud side, and disable it in the CloudCore chart (mosquitto.enable=false).`,
      commands: [`kubectl -n kubeedge delete daemonset ${chartBroker}`],
    }
  }
  if (owner?.container) {
    return {
      text: 'Stop the container, and the program that starts it.',
      commands: [`ctr -n k8s.io tasks kill ${owner.container}`],
    }
  }
  const stop = owner?.unit ? [`systemctl disable --now ${owner.unit}`] : []
  // The owner may be an interpreter, whose package must stay.
  const isOwnPackage = owner?.package !== undefined && owner.package === owner.program
  const remove = isOwnPackage ? [`apt-get remove ${owner.package}`] : []
  return {
    text: 'Stop the program and disable its unit.',
    ...(owner && { commands: [...stop, ...remove, `systemctl status ${owner.pid} --no-pager`] }),
  }
}
