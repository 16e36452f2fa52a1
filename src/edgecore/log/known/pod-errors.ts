import type { KnownLine } from './known-line.ts'

/** Why pods do not start, in the words of the kubelet and containerd. */
export const podErrors: readonly KnownLine[] = [
  {
    code: 'sandbox-image',
    pattern: /failed to get sandbox image \\*"(?<image>[^"\\]{1,200})/,
    text: 'no pod can start: containerd cannot get its sandbox image {image}',
    remedy:
      "Import the image, or set sandbox_image in containerd's configuration to one that is there. podSandboxImage in edgecore.yaml does not choose it (kubeedge 5358).",
    commands: ['containerd config dump | grep sandbox_image', 'ctr -n k8s.io images ls | grep pause'],
  },
  {
    code: 'cni-plugin-missing',
    pattern:
      /failed \(add\): failed to find plugin \\*"(?<plugin>[\w.-]{1,60})\\*" in path \[(?<path>[^\]]{1,200})\]/,
    text: 'pods with a network of their own cannot start: the CNI plugin {plugin} is not in {path}',
    remedy: 'Install the CNI plugins there, or set bin_dir in config.toml of containerd to their directory.',
    commands: ['ls {path}', 'containerd config dump | grep bin_dir'],
  },
  {
    code: 'cni-plugin-missing',
    pattern: /failed to find plugin \\*"(?<plugin>[\w.-]{1,60})\\*" in path \[(?<path>[^\]]{1,200})\]/,
    text: 'pods with a network of their own cannot start: the CNI plugin {plugin} is not in {path}',
    remedy: 'Install the CNI plugins there, or set bin_dir in config.toml of containerd to their directory.',
    commands: ['ls {path}', 'containerd config dump | grep bin_dir'],
  },
  {
    code: 'cni-config-missing',
    pattern: /cni plugin not initialized|cni config uninitialized|no networks found in \S{1,100}/i,
    text: 'pods with a network of their own cannot start: there is no CNI configuration',
    remedy: 'Install a CNI configuration in /etc/cni/net.d and its plugins.',
    commands: ['ls /etc/cni/net.d'],
  },
  {
    code: 'cni-plugin-failed',
    pattern:
      /plugin type=\\*"(?<plugin>[\w.-]{1,60})\\*"(?: name=\\*"[^"\\]{1,60}\\*")? failed \((?:add|delete)\): (?<reason>[^"\n]{1,200}?)(?:\\*"|$)/,
    text: 'pods with a network of their own cannot start: the CNI plugin {plugin} fails ({reason})',
    remedy: 'Check the agent of the pod network, which prepares the node for this plugin.',
    commands: ['ls /etc/cni/net.d', 'crictl ps -a'],
  },
  {
    code: 'runtime-cgroup-driver',
    pattern:
      /expected cgroupsPath to be of format \\*"slice:prefix:name|systemd cgroup manager, but did not receive slice as parent/,
    text: 'no pod can start: EdgeCore uses the cgroup driver cgroupfs, and the container runtime systemd',
    remedy: 'Set modules.edged.tailoredKubeletConfig.cgroupDriver to systemd and restart EdgeCore.',
    commands: [
      'edgekit edgecore patch /etc/kubeedge/config/edgecore.yaml --set modules.edged.tailoredKubeletConfig.cgroupDriver=systemd',
    ],
  },
  {
    code: 'mosquitto-daemonset-pull',
    pattern: /for \\*"(?:edge-)?eclipse-mosquitto\\*" with (?:ImagePullBackOff|ErrImagePull)/,
    text: 'the cluster schedules its own broker on this node (DaemonSet edge-eclipse-mosquitto), and its image cannot be pulled',
    remedy:
      'Switch it off in the cloud, where this node has its own broker: install the chart with mosquitto.enable=false (kubeedge 5620, 6040).',
    commands: [
      'helm -n kubeedge upgrade cloudcore CHART --reuse-values --set mosquitto.enable=false',
      'kubectl -n kubeedge delete daemonset edge-eclipse-mosquitto',
    ],
  },
  {
    code: 'mosquitto-daemonset-conflict',
    pattern: /for \\*"(?:edge-)?eclipse-mosquitto\\*" with (?:CrashLoopBackOff|RunContainerError)/,
    text: 'the cluster runs a second broker on this node (DaemonSet edge-eclipse-mosquitto), which fails because port 1883 is taken',
    remedy: 'Switch it off in the cloud: install the chart with mosquitto.enable=false (kubeedge 5620).',
    commands: [
      'helm -n kubeedge upgrade cloudcore CHART --reuse-values --set mosquitto.enable=false',
      'kubectl -n kubeedge delete daemonset edge-eclipse-mosquitto',
    ],
  },
  {
    code: 'pod-disk-full',
    pattern:
      /(?:StartContainer|CreatePodSandbox|RunPodSandbox|PullImage)[^\n]{0,1000}no space left on device(?![^\n]{0,40}inotify)/,
    text: 'a pod cannot start: the disk of the container runtime is full',
    remedy: 'Free disk space.',
    commands: ['df -h /var/lib/containerd', 'crictl rmi --prune'],
  },
  {
    code: 'image-architecture',
    pattern: /exec format error|no match for platform in manifest/,
    text: 'a pod cannot start: its image is built for another architecture than this node',
    remedy: 'Use an image for this architecture.',
    commands: ['uname -m'],
  },
  {
    code: 'image-pull',
    pattern:
      /with (?:ImagePullBackOff|ErrImagePull|ErrImageNeverPull)[^\n]{0,60}? image[^\n"]{0,40}\\*"(?<image>[\w./:@-]{1,200})/,
    text: 'a pod cannot start: the node cannot pull its image {image}',
    remedy: 'Import the image into containerd, or make its registry reachable.',
    commands: ['ctr -n k8s.io images import FILE.tar'],
  },
  {
    code: 'image-pull',
    pattern: /with (?:ImagePullBackOff|ErrImagePull|ErrImageNeverPull)/,
    text: 'a pod cannot start: the node cannot pull its image',
    remedy: 'Import the image into containerd, or make its registry reachable.',
    commands: ['ctr -n k8s.io images import FILE.tar'],
  },
  {
    code: 'volume-mount',
    pattern:
      /MountVolume\.SetUp failed for volume \\*"(?<volume>[^"\\]{1,100})\\*"[^\n]{0,400}?: (?<reason>[^:\n]{0,40}(?:not found|not registered|timed out|no such file)[^\n"]{0,60})/,
    text: 'a pod cannot start: its volume {volume} cannot be mounted ({reason})',
    remedy:
      'Create the ConfigMap, Secret or directory that the volume names, and connect the node to its cloud.',
    commands: ['kubectl get configmaps,secrets -A'],
  },
  {
    code: 'volume-mount',
    pattern: /nable to attach or mount volumes[^\n]{0,100}?unmounted volumes=\[(?<volume>[^\]]{1,200})\]/,
    text: 'a pod cannot start: its volumes cannot be mounted ({volume})',
    remedy:
      'Create the ConfigMap, Secret or directory that the volume names, and connect the node to its cloud.',
    commands: ['kubectl get configmaps,secrets -A'],
  },
  {
    code: 'inotify-limit',
    pattern: /(?:inotify|fsnotify)[^\n]{0,300}(?:too many open files|no space left on device)/,
    text: 'the limit of inotify instances or watches is reached',
    remedy: 'Increase the limits.',
    commands: ['sysctl -w fs.inotify.max_user_instances=1024 fs.inotify.max_user_watches=524288'],
  },
  {
    code: 'sandbox',
    pattern: /"(?:RunPodSandbox from runtime service failed|Failed to create sandbox for pod)"/,
    text: 'a pod cannot start: containerd cannot create its sandbox',
    remedy: 'Read the line for the reason.',
    commands: ['journalctl -u containerd -n 50 --no-pager'],
  },
  {
    code: 'container-name-taken',
    pattern:
      /for \\*"(?<container>[\w.-]{1,100})\\*" with CreateContainerError: [^\n]{0,200}?failed to reserve container name[^\n]{0,400}? is reserved for \\*"(?<holder>\w{1,64})/,
    text: 'the container {container} cannot be created: containerd is still creating or removing the one before',
    remedy: 'Wait some minutes: a slow disk takes long. Then remove the one before.',
    commands: ['crictl rm --force {holder}'],
  },
  {
    code: 'container-name-taken',
    pattern:
      /for \\*"(?<container>[\w.-]{1,100})\\*" with CreateContainerError: [^\n]{0,400}? is already in use by container \\*"(?<holder>\w{1,64})/,
    text: 'the container {container} cannot be created: Docker has kept the one before, with the same name',
    remedy: 'Remove the one before.',
    commands: ['docker rm --force {holder}'],
  },
  {
    code: 'container-config',
    pattern:
      /for \\*"(?<container>[\w.-]{1,100})\\*" with CreateContainerConfigError: \\*"(?<kind>configmap|secret) \\*"(?<object>[\w.-]{1,253})\\*" not found/,
    text: 'the container {container} cannot be created: this node has no {kind} {object}',
    remedy: 'Create it in the namespace of the pod, and connect the node to its cloud.',
    commands: ['kubectl get {kind}s -A --field-selector metadata.name={object}'],
  },
  {
    code: 'container-create',
    pattern:
      /for \\*"(?<container>[\w.-]{1,100})\\*" with (?<reason>CreateContainerError|CreateContainerConfigError)/,
    text: 'the container {container} cannot be created ({reason})',
    remedy: 'Read the line for the reason: a container that was never created has no log.',
    commands: ['journalctl -u containerd -n 50 --no-pager'],
  },
  {
    code: 'container-start',
    pattern: /for \\*"(?<container>[\w.-]{1,100})\\*" with (?<reason>RunContainerError|CrashLoopBackOff)/,
    text: 'the container {container} does not stay up ({reason})',
    remedy: 'Read the log of the container.',
    commands: ['crictl ps -a', 'crictl logs CONTAINER'],
  },
]
