import { hostPort } from '../lib/format.ts'
import type { HeldListener, Holder } from './listeners.ts'

interface Remedy {
  text: string
  /** To run as root, unchanged. */
  commands?: readonly string[]
}

const dockerContainer = ({ controlGroup }: Holder): string | undefined =>
  /\/docker[-/]([0-9a-f]{64})/.exec(controlGroup)?.[1]?.slice(0, 12)

const podmanContainer = ({ controlGroup }: Holder): string | undefined =>
  /\/libpod-([0-9a-f]{64})/.exec(controlGroup)?.[1]?.slice(0, 12)

const place = (owner: Holder): string => {
  const { pod, container, unit, controlGroup } = owner
  const [docker, podman] = [dockerContainer(owner), podmanContainer(owner)]
  if (pod) return `pod ${pod}`
  if (container) return `container ${container.slice(0, 12)}`
  if (docker) return `Docker container ${docker}`
  if (podman) return `Podman container ${podman}`
  return unit ?? controlGroup
}

/** The process that holds a port, described so that it can be found. */
export const describeHolder = ({ address, port, owner }: HeldListener): string => {
  const at = hostPort(address, port)
  if (!owner) return `${at} is held by a process visible only to root`
  const from = owner.package ? `, package ${owner.package}` : ''
  return `${at} is held by ${owner.program} (pid ${owner.pid}, ${place(owner)}${from})`
}

/** How to free the port. */
export function holderRemedy({ owner, port }: HeldListener): Remedy {
  if (!owner) return { text: 'Stop the program and disable its unit.' }
  if (owner.controlGroup.includes('kubepods')) return podRemedy(owner)
  const [docker, podman] = [dockerContainer(owner), podmanContainer(owner)]
  if (owner.program === 'docker-proxy') {
    return {
      text: 'Remove the Docker container that publishes the port, and the program that starts it.',
      commands: [
        `docker ps --filter publish=${port}`,
        `docker rm -f $(docker ps -q --filter publish=${port})`,
      ],
    }
  }
  if (docker) return { text: 'Remove the Docker container.', commands: [`docker rm -f ${docker}`] }
  if (podman) return { text: 'Remove the Podman container.', commands: [`podman rm -f ${podman}`] }
  if (owner.container) {
    return {
      text: 'Stop the container, and the program that starts it.',
      commands: [`ctr -n k8s.io tasks kill ${owner.container}`],
    }
  }
  // systemd holds the port for a service that it starts on the first connection.
  if (owner.pid === 1) {
    return {
      text: 'Disable the socket unit that listens on the port.',
      commands: [`systemctl list-sockets --no-pager | grep :${port}`],
    }
  }
  return unitRemedy(owner)
}

/** The same as lines of a remedy, for a command that needs the port. */
export function freeingLines(listener: HeldListener): string[] {
  const { text, commands = [] } = holderRemedy(listener)
  return [text, ...commands.map(command => `  ${command}`), 'Then run the command again.']
}

function unitRemedy({ pid, program, unit, package: fromPackage }: Holder): Remedy {
  const status = `systemctl status ${pid} --no-pager`
  // The unit of a login: it has more than this program.
  if (unit === undefined || /^user@|\.scope$/.test(unit)) {
    return { text: 'Stop the program, and what starts it.', commands: [`kill ${pid}`, status] }
  }
  // The owner may be an interpreter, whose package must stay.
  const remove = fromPackage === program ? [`apt-get remove ${fromPackage}`] : []
  return {
    text: 'Stop the program and disable its unit.',
    commands: [`systemctl disable --now ${unit}`, ...remove, status],
  }
}

/** Brokers that KubeEdge and edgekit run in pods on edge nodes. */
const brokerPods: readonly { pod: RegExp; remedy: Remedy }[] = [
  {
    // The CloudCore chart 1.16 and later.
    pod: /^kubeedge\/edge-eclipse-mosquitto-/,
    remedy: {
      text: 'Delete the DaemonSet edge-eclipse-mosquitto on the cloud side, and disable it in the CloudCore chart (mosquitto.enable=false).',
      commands: ['kubectl -n kubeedge delete daemonset edge-eclipse-mosquitto'],
    },
  },
  {
    // A cloud bundle, for nodes without a broker of their own.
    pod: /^kubeedge\/edgekit-mosquitto-/,
    remedy: {
      text: 'Delete the DaemonSet edgekit-mosquitto of the cloud bundle on the cloud side, or exclude this node from it.',
      commands: ['kubectl -n kubeedge delete daemonset edgekit-mosquitto'],
    },
  },
  {
    // EdgeCore up to 1.20 starts it when keadm join has set this variable in its unit, and from 1.16 deletes it on false.
    pod: /^default\/mqtt-kubeedge$/,
    remedy: {
      text: 'Set DEPLOY_MQTT_CONTAINER in edgecore.service to false and restart EdgeCore, which then deletes its broker.',
      commands: [
        "sed -i 's/DEPLOY_MQTT_CONTAINER=true/DEPLOY_MQTT_CONTAINER=false/' /etc/systemd/system/edgecore.service",
        'systemctl daemon-reload',
        'systemctl restart edgecore',
      ],
    },
  },
]

function podRemedy({ pod, container }: Holder): Remedy {
  if (!pod) {
    return {
      text: 'Find the pod of the container, then delete its workload on the cloud side.',
      ...(container && {
        commands: [`ctr -n k8s.io containers info ${container} | grep io.kubernetes.pod`],
      }),
    }
  }
  const known = brokerPods.find(row => row.pod.test(pod))
  if (known) return known.remedy
  const [namespace = '', name = ''] = pod.split('/')
  return {
    text: `Find the workload of pod ${pod} on the cloud side. Delete it, or keep it off this node.`,
    commands: [`kubectl -n ${namespace} describe pod ${name} | grep 'Controlled By'`],
  }
}
