import type { Listener } from '../node/network/network.ts'
import type { SocketOwner } from '../node/network/socket-owners.ts'
import type { Node } from '../node/node.ts'
import type { Collector } from './collector.ts'

export interface Holder extends SocketOwner {
  /** The systemd unit that started it. */
  unit: string | undefined
  /** The container it runs in, by its id. */
  container: string | undefined
  /** `namespace/name` of the pod that the container belongs to. */
  pod: string | undefined
  /** The Debian package of its program. */
  package: string | undefined
}

export interface HeldListener extends Omit<Listener, 'owner'> {
  owner: Holder | undefined
}

/** `/k8s.io/mosquitto`, `/kubepods/besteffort/pod…/ID`, `/kubepods.slice/…/cri-containerd-ID.scope` */
const containerIn = (controlGroup: string): string | undefined =>
  /\/k8s\.io\/([^/]+)$/.exec(controlGroup)?.[1] ??
  (controlGroup.includes('kubepods') ? /([0-9a-f]{64})(\.scope)?$/.exec(controlGroup)?.[1] : undefined)

const unitIn = (controlGroup: string): string | undefined =>
  /\/([^/]+\.(?:service|scope))(?:\/|$)/.exec(controlGroup)?.[1]

async function podOf(container: string, { containerd }: Node): Promise<string | undefined> {
  if (!(await containerd.answers())) return undefined
  const containers = await containerd.containers().catch(() => [])
  const labels = containers.find(({ id }) => id === container)?.labels ?? {}
  const name = labels['io.kubernetes.pod.name']
  return name && `${labels['io.kubernetes.pod.namespace']}/${name}`
}

/** MQTT brokers, which devices could mistake for the broker of this node. */
export const brokerPrograms = /^(mosquitto|nanomq|emqx|beam\.smp|vernemq|hivemq|rabbitmq)/
/** The ports of the broker, of the broker inside EdgeCore, and of EdgeCore's health endpoint. */
const requiredPorts: readonly number[] = [1883, 1884, 10350]

/** Only a conflict has a remedy that names the package, and looking up the package of every program is slow. */
const mayConflict = ({ port, owner }: Listener): boolean =>
  requiredPorts.includes(port) || brokerPrograms.test(owner?.program ?? '')

async function packageOf(executable: string, { processes }: Node): Promise<string | undefined> {
  // Packages install nothing elsewhere, and most listeners of an edge node run from there.
  if (!/^\/(usr\/(?!local\/)|s?bin\/)/.test(executable)) return undefined
  const found = await processes
    .run('dpkg', ['--search', executable], { timeoutMs: 5_000 })
    .then(({ stdout }) => stdout)
    .catch(() => '')
  return /^([a-z0-9][a-z0-9+.-]*)(?::\w+)?: /.exec(found)?.[1]
}

/** The process behind a listening socket, with where it runs and what it comes from. */
export async function identify(
  listener: Listener,
  node: Node,
  isConflict = mayConflict(listener),
): Promise<HeldListener> {
  const { owner } = listener
  if (!owner) return { ...listener, owner }
  const container = containerIn(owner.controlGroup)
  const inPod = owner.controlGroup.includes('kubepods')
  const [pod, fromPackage] = await Promise.all([
    inPod && container ? podOf(container, node) : undefined,
    container || !isConflict ? undefined : packageOf(owner.executable, node),
  ])
  const unit = container ? undefined : unitIn(owner.controlGroup)
  return { ...listener, owner: { ...owner, unit, container, pod, package: fromPackage } }
}

/** All listening TCP sockets, and the process behind each. */
export const listeners: Collector<HeldListener[]> = {
  timeoutMs: 10_000,
  async collect(node) {
    const found = await node.network.listeners()
    return Promise.all(found.map(listener => identify(listener, node)))
  },
}
