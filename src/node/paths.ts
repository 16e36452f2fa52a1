/**
 * Where things live on a node. Nothing of edgekit's own is under /etc/kubeedge or /var/lib/kubeedge: `keadm reset`
 * deletes those trees, and `keadm join` wants them empty. The unit templates name the same paths.
 */
export const paths = {
  program: '/opt/edgekit/bin/edgekit',
  cleanBroker: '/opt/edgekit/bin/clean-broker',
  programLink: '/usr/local/bin/edgekit',
  /** The manifest of the bundle that was installed last. */
  installedManifest: '/var/lib/edgekit/bundle.json',
  /** Public keys (*.pem): with any here, only bundles signed by one of them are installed. */
  trustedKeys: '/etc/edgekit/trusted-keys',
  images: '/var/lib/edgekit/images',
  /** What was there before a change, in a directory for each run. */
  backups: '/var/lib/edgekit/backups',
  /** What the run under way, or the one that was interrupted, has done so far; there is none when all is settled. */
  journal: '/var/lib/edgekit/journal.jsonl',
  /** What edgekit made of this node, and what was there before. */
  receipt: '/var/lib/edgekit/receipt.json',
  state: '/var/lib/edgekit',
  /** Held by the kernel for the edgekit that changes this node. */
  lock: '/run/edgekit.lock',
  brokerConfig: '/etc/edgekit/mosquitto/mosquitto.conf',
  brokerData: '/var/lib/edgekit/mosquitto',
  brokerUnit: '/etc/systemd/system/mosquitto.service',
  containerdUnit: '/etc/systemd/system/containerd.service',
  containerdConfig: '/etc/containerd/config.toml',
  /** Where containerd's own documentation puts it. */
  runc: '/usr/local/sbin/runc',
  edgecore: '/usr/local/bin/edgecore',
  keadm: '/usr/local/bin/keadm',
  /** What a cloud bundle has for the cluster. */
  manifests: '/opt/edgekit/manifests',
  /** Links to the units that are enabled: all of ours are wanted by this target. */
  startedAtBoot: '/etc/systemd/system/multi-user.target.wants',
  edgecoreUnit: '/etc/systemd/system/edgecore.service',
  edgecoreDropIn: '/etc/systemd/system/edgecore.service.d/10-edgekit.conf',
  /** KubeEdge v1.8 to v1.23 read this file unless the unit says `--config` (edge/cmd/edgecore/app/options). */
  edgecoreConfig: '/etc/kubeedge/config/edgecore.yaml',
  /** `keadm join` leaves the token here; EdgeCore v1.13 and later reads it before edgecore.yaml. */
  bootstrapToken: '/etc/kubeedge/bootstrap-edgecore.conf',
} as const

/** Where the file of a unit is that this machine's administrator, or edgekit, has brought (systemd.unit(5)). */
export const unitFile = (name: string): string => `/etc/systemd/system/${name}`

export const units = {
  broker: 'mosquitto.service',
  edgecore: 'edgecore.service',
  containerd: 'containerd.service',
} as const
export const containerdSocket = '/run/containerd/containerd.sock'
/** k3s brings a containerd of its own; `k3s ctr` talks to it here. */
export const k3sContainerdSocket = '/run/k3s/containerd/containerd.sock'
/** Other containerds on one machine: Docker's own, MicroK8s, k0s. They do not see each other's images. */
export const otherContainerdSockets = [
  k3sContainerdSocket,
  '/run/docker/containerd/containerd.sock',
  '/var/snap/microk8s/common/run/containerd.sock',
  '/run/k0s/containerd.sock',
] as const
/** The containerd namespace that Kubernetes (CRI) uses for its images and containers. */
export const containerdNamespace = 'k8s.io'
/** The name of the broker's container and of its snapshot in containerd. */
export const brokerContainer = 'mosquitto'
/** Where `ctr` puts the broker's container below the root of a control group hierarchy. */
export const brokerControlGroup = `/${containerdNamespace}/${brokerContainer}`
export const broker = { host: '127.0.0.1', port: 1883 } as const
/** Where a machine of a cluster keeps what root reaches it with: kubectl itself, kubeadm, k3s. */
export const kubeconfigs = [
  '/root/.kube/config',
  '/etc/kubernetes/admin.conf',
  '/etc/rancher/k3s/k3s.yaml',
] as const
