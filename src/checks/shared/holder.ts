import type { HeldListener, Holder } from '../../facts/listeners.ts'
import type { Finding } from '../check.ts'

/** The DaemonSet of the CloudCore chart 1.16 and later: a broker on every edge node, with the network of the host. */
const chartBroker = 'edge-eclipse-mosquitto'

const place = ({ pod, container, unit, controlGroup }: Holder): string => {
  if (pod) return `pod ${pod}`
  if (container) return `container ${container.slice(0, 12)}`
  return unit ?? controlGroup
}

/** Who has a port open, in the words of the technician who has to find it. */
export const describeHolder = ({ address, port, owner }: HeldListener): string => {
  const at = `${address.includes(':') ? `[${address}]` : address}:${port}`
  if (!owner) return `${at} is held by a process that only root can see`
  const from = owner.package ? `, package ${owner.package}` : ''
  return `${at} is held by ${owner.program} (pid ${owner.pid}, ${place(owner)}${from})`
}

/** How to get rid of it. */
export function holderRemedy(owner: Holder | undefined): NonNullable<Finding['remedy']> {
  if (owner?.controlGroup.includes('kubepods')) {
    const named = owner.pod?.includes(chartBroker)
    return {
      text: `A pod holds the port${named ? `: the DaemonSet ${chartBroker} of the CloudCore chart` : `, probably the DaemonSet ${chartBroker} of the CloudCore chart`}. Turn it off on the cloud side (chart value mosquitto.enable=false).`,
      commands: [`kubectl -n kubeedge delete daemonset ${chartBroker}`],
    }
  }
  if (owner?.container) {
    return {
      text: "A container that is not edgekit's holds the port. Stop it, and whatever starts it.",
      commands: [`ctr -n k8s.io tasks kill ${owner.container}`],
    }
  }
  const stop = owner?.unit ? [`systemctl disable --now ${owner.unit}`] : []
  // Many a program is run by an interpreter, whose package is of more use.
  const isItsOwn = owner?.package !== undefined && owner.package === owner.program
  const remove = isItsOwn ? [`apt-get remove ${owner.package}`] : []
  return {
    text: 'Stop that program and keep it from starting again.',
    ...(owner && { commands: [`systemctl status ${owner.pid} --no-pager`, ...stop, ...remove] }),
  }
}
