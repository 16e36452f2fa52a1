/**
 * Paths on a node. edgekit keeps nothing of its own under /etc/kubeedge or /var/lib/kubeedge: `keadm reset` deletes those
 * directories, and `keadm join` requires them to be empty. The unit templates use the same paths.
 */
export const paths = {
  program: '/opt/edgekit/bin/edgekit',
  cleanBroker: '/opt/edgekit/bin/clean-broker',
  prepareBroker: '/opt/edgekit/bin/prepare-broker',
  waitBroker: '/opt/edgekit/bin/wait-broker',
  brokerOption: '/opt/edgekit/bin/broker-option',
  checkBrokerPort: '/opt/edgekit/bin/check-broker-port',
  programLink: '/usr/local/bin/edgekit',
  /** The manifest of the installed bundle. */
  installedManifest: '/var/lib/edgekit/bundle.json',
  /** Public keys (*.pem). If there are any, edgekit installs only bundles signed by one of them. */
  trustedKeys: '/etc/edgekit/trusted-keys',
  images: '/var/lib/edgekit/images',
  /** Copies of what a run replaced, in one directory per run. */
  backups: '/var/lib/edgekit/backups',
  /** What the running or interrupted run has done so far; absent otherwise. */
  journal: '/var/lib/edgekit/journal.jsonl',
  /** What edgekit installed on this node, and what was there before. */
  receipt: '/var/lib/edgekit/receipt.json',
  /** What the last uninstall kept and a purge removes. */
  leftovers: '/var/lib/edgekit/leftovers.json',
  state: '/var/lib/edgekit',
  /** The database of `edgekit devices serve`, unless its settings name another place. */
  devices: '/var/lib/edgekit/devices',
  /** Locked by the edgekit that changes this node. */
  lock: '/run/edgekit.lock',
  /** Mounted into the broker's container. */
  brokerDirectory: '/etc/edgekit/mosquitto',
  brokerConfig: '/etc/edgekit/mosquitto/mosquitto.conf',
  /** Users and the hashes of their passwords. */
  brokerPasswords: '/etc/edgekit/mosquitto/passwd',
  /** Who may read and write which topics. */
  brokerAcl: '/etc/edgekit/mosquitto/acl',
  /** The user's own settings, which mosquitto.conf includes. */
  brokerConfD: '/etc/edgekit/mosquitto/conf.d',
  brokerTls: '/etc/edgekit/mosquitto/tls',
  /** The CA certificate, for devices. */
  brokerCa: '/etc/edgekit/mosquitto/tls/ca.crt',
  brokerCertificate: '/etc/edgekit/mosquitto/tls/server.crt',
  brokerKey: '/etc/edgekit/mosquitto/tls/server.key',
  /** Not in the directory that is mounted into the broker's container. */
  brokerCaKey: '/etc/edgekit/broker-ca.key',
  /** A CA that devices get before the broker has a certificate of it. */
  brokerNextCa: '/etc/edgekit/mosquitto/tls/next-ca.crt',
  brokerNextCaKey: '/etc/edgekit/broker-next-ca.key',
  /** The CA of the certificates of devices. */
  brokerDeviceCa: '/etc/edgekit/mosquitto/tls/device-ca.crt',
  brokerDeviceCaKey: '/etc/edgekit/broker-device-ca.key',
  /** The password of the user edgecore. */
  brokerLogin: '/etc/edgekit/broker-login',
  /** What a broker on trial runs with. */
  brokerTrial: '/run/edgekit-broker-trial',
  /** Where it is when systemd runs the service as a user of its own (systemd.exec(5), DynamicUser=); the other path is a link. */
  devicesPrivate: '/var/lib/private/edgekit/devices',
  /** Settings of the service that stores what devices publish. */
  devicesSettings: '/etc/edgekit/devices.yaml',
  /** The same as variables, with passwords. */
  devicesEnvironment: '/etc/edgekit/devices.env',
  /** Its user at the broker, with the password. */
  devicesLogin: '/etc/edgekit/devices-login',
  devicesUnit: '/etc/systemd/system/edgekit-devices.service',
  brokerData: '/var/lib/edgekit/mosquitto',
  brokerUnit: '/etc/systemd/system/mosquitto.service',
  containerdUnit: '/etc/systemd/system/containerd.service',
  containerdConfig: '/etc/containerd/config.toml',
  /** Its place in containerd's documentation. */
  runc: '/usr/local/sbin/runc',
  edgecore: '/usr/local/bin/edgecore',
  keadm: '/usr/local/bin/keadm',
  /** The Kubernetes manifests of a cloud bundle. */
  manifests: '/opt/edgekit/manifests',
  /** Links to enabled units: this target starts all units of edgekit. */
  startedAtBoot: '/etc/systemd/system/multi-user.target.wants',
  edgecoreUnit: '/etc/systemd/system/edgecore.service',
  edgecoreDropIn: '/etc/systemd/system/edgecore.service.d/10-edgekit.conf',
  /** The default of EdgeCore v1.8 to v1.23; a unit can set `--config` (edge/cmd/edgecore/app/options). */
  edgecoreConfig: '/etc/kubeedge/config/edgecore.yaml',
  /** `keadm join` leaves the token here; EdgeCore v1.13 and later reads it before edgecore.yaml. */
  bootstrapToken: '/etc/kubeedge/bootstrap-edgecore.conf',
} as const

/** The path of a unit file that edgekit or an administrator installed, not a package (systemd.unit(5)). */
export const unitFile = (name: string): string => `/etc/systemd/system/${name}`

/** The user `mosquitto` of the upstream image since 1.6. */
export const mosquitto = { uid: 1883, gid: 1883 } as const

export const units = {
  broker: 'mosquitto.service',
  edgecore: 'edgecore.service',
  containerd: 'containerd.service',
  devices: 'edgekit-devices.service',
} as const
export const containerdSocket = '/run/containerd/containerd.sock'
/** The socket of k3s' own containerd, which `k3s ctr` uses. */
export const k3sContainerdSocket = '/run/k3s/containerd/containerd.sock'
/** Sockets of containerds that other software brings: k3s, Docker, MicroK8s, k0s. Each has its own images. */
export const otherContainerdSockets = [
  k3sContainerdSocket,
  '/run/docker/containerd/containerd.sock',
  '/var/snap/microk8s/common/run/containerd.sock',
  '/run/k0s/containerd.sock',
] as const
/** The containerd namespace that Kubernetes (CRI) uses for its images and containers. */
export const containerdNamespace = 'k8s.io'
/** Name of the broker's container and snapshot in containerd. */
export const brokerContainer = 'mosquitto'
/** Where `ctr` puts the broker's container below the root of a control group hierarchy. */
export const brokerControlGroup = `/${containerdNamespace}/${brokerContainer}`
export const broker = { host: '127.0.0.1', port: 1883 } as const
/** Where root's credentials for a cluster are: the default of kubectl, kubeadm's, k3s'. */
export const kubeconfigs = [
  '/root/.kube/config',
  '/etc/kubernetes/admin.conf',
  '/etc/rancher/k3s/k3s.yaml',
] as const
