import type { KnownLine } from './known-line.ts'

const config = '/etc/kubeedge/config/edgecore.yaml'

/** How the kubelet inside EdgeCore ends it (edge/pkg/edged; pkg/kubelet of Kubernetes). */
export const kubeletExits: readonly KnownLine[] = [
  {
    code: 'never-joined',
    pattern: /Failed to initialize CSINode after retrying|Failed to initialize CSINodeInfo after retrying/,
    text: 'the node has never joined its cloud, so EdgeCore has no Node and exits after about 27 s',
    remedy:
      'Join the node once. To run it unjoined (KubeEdge v1.22 and later), set modules.edged.tailoredKubeletConfig.featureGates.DisableCSIVolumePlugin to true.',
    commands: ['./edgekit install --cloudcore HOST:10000 --token-file FILE'],
  },
  {
    code: 'docker-runtime',
    pattern: /unsupported CRI runtime: "?docker|dockershim/,
    text: 'edgecore.yaml names Docker as the container runtime, which EdgeCore v1.14 and later cannot use',
    remedy:
      'Set modules.edged.containerRuntime to remote, and remoteRuntimeEndpoint and remoteImageEndpoint (containerRuntimeEndpoint in tailoredKubeletConfig from v1.18) to unix:///run/containerd/containerd.sock.',
    commands: [`grep -nE "containerRuntime|Endpoint" ${config}`],
  },
  {
    code: 'docker-down',
    pattern: /Couldn't connect to docker|Cannot connect to the Docker daemon|failed to get docker version/,
    text: 'Docker, which edgecore.yaml names as the container runtime, does not answer',
    remedy:
      'Start Docker, or use containerd, which EdgeCore v1.14 and later require: set modules.edged.containerRuntime to remote.',
    commands: ['systemctl status docker containerd --no-pager'],
  },
  {
    code: 'cri-disabled',
    // The kubelet of v1.13 asks for v1 first; containerd 2.0 has only v1.
    pattern: /unknown service runtime\.v1alpha2/,
    text: 'containerd runs without its CRI plugin, or is 2.0 or later, which no longer speaks the CRI v1alpha2 of this EdgeCore',
    remedy:
      'Remove "cri" from disabled_plugins in /etc/containerd/config.toml and restart containerd. With containerd 2.0, upgrade KubeEdge.',
    commands: [
      'containerd --version',
      'grep -n disabled_plugins /etc/containerd/config.toml',
      'systemctl restart containerd',
    ],
  },
  {
    code: 'cri-disabled',
    pattern: /unknown service runtime\.v1/,
    text: 'containerd runs without its CRI plugin, or is too old to speak CRI v1 (containerd 1.6)',
    remedy: 'Remove "cri" from disabled_plugins in /etc/containerd/config.toml and restart containerd.',
    commands: ['grep -n disabled_plugins /etc/containerd/config.toml', 'systemctl restart containerd'],
  },
  {
    code: 'container-runtime',
    pattern: /validate service connection|validate CRI v1|dial unix \S{1,200}\.sock: connect: /,
    text: 'the container runtime does not answer',
    remedy: 'Start containerd, and check that containerRuntimeEndpoint in edgecore.yaml names its socket.',
    commands: ['systemctl status containerd --no-pager', `grep -n Endpoint ${config}`],
  },
  {
    code: 'cgroup-driver-mismatch',
    pattern:
      /cgroup driver: "(?<kubelet>\w{1,20})" is different from \w{1,20} cgroup driver: "(?<runtime>\w{1,20})"/,
    text: "EdgeCore's cgroup driver is {kubelet}, the container runtime's is {runtime}",
    remedy: 'Set the cgroupDriver of edged in edgecore.yaml to {runtime}.',
    commands: [`grep -n cgroupDriver ${config}`],
  },
  {
    code: 'cgroup-missing',
    pattern:
      /cgroup subsystems? not mounted: \[(?<controllers>[\w ,]{1,80})\]|has some missing (?:controllers|paths): (?<missing>[\w/ ,.-]{1,200})|cannot find cgroup mount destination/i,
    text: 'the kernel has no cgroup controller {controllers}{missing}',
    remedy:
      'Enable the controller and reboot. On a Raspberry Pi, add cgroup_enable=memory cgroup_memory=1 to the line in cmdline.txt.',
    commands: ['cat /proc/cgroups', 'cat /boot/firmware/cmdline.txt /boot/cmdline.txt'],
  },
  {
    code: 'kubepods-cgroup',
    pattern: /root container \[[\w.-]{1,60}\] doesn't exist|failed to initialize top level QOS containers/,
    text: 'the cgroup of all pods (kubepods) lacks a controller that the kubelet inside EdgeCore needs',
    remedy:
      'Enable the controllers cpu, cpuset, memory and pids in the kernel and in the cgroups above it, then reboot: a cgroup that is left over keeps those of its creation.',
    commands: [
      'cat /proc/cgroups',
      'cat /sys/fs/cgroup/cgroup.controllers /sys/fs/cgroup/kubepods*/cgroup.controllers',
    ],
  },
  {
    code: 'inotify-limit',
    pattern: /inotify_\w{1,20}[^\n]{0,300}(?:no space left on device|too many open files)/,
    text: 'the limit of inotify instances or watches is reached',
    remedy: 'Increase the limits.',
    commands: ['sysctl -w fs.inotify.max_user_instances=1024 fs.inotify.max_user_watches=524288'],
  },
  {
    code: 'swap-on',
    pattern: /running with swap on is not supported/,
    text: 'swap is on, and failSwapOn in edgecore.yaml forbids it',
    remedy: 'Set failSwapOn to false, or switch swap off.',
    commands: ['swapoff -a'],
  },
  {
    code: 'port-taken',
    pattern:
      /Failed to listen and serve.{0,100}listen tcp[46]? \S{0,60}:(?<port>\d{1,5}): bind: address already in use/,
    text: 'port {port}, where the kubelet inside EdgeCore listens, is taken',
    remedy: 'Stop the process that holds it: a kubelet, or another EdgeCore.',
    commands: ['ss -ltnp "sport = :{port}"'],
  },
  {
    code: 'kubelet-state',
    pattern: /could not restore state from checkpoint[^\n]{0,300}?(?<file>\/\S{1,120}_state)?(?:\\*"|$)/,
    text: 'the kubelet inside EdgeCore was configured differently when it saved its state, and does not start with it',
    remedy: 'Delete the state file and restart EdgeCore. The pods keep running.',
    commands: [
      'rm -f /var/lib/kubelet/cpu_manager_state /var/lib/kubelet/memory_manager_state',
      'systemctl restart edgecore',
    ],
  },
  {
    code: 'kernel-flags',
    pattern: /invalid kernel flag: (?<flag>[\w/]{1,60}), expected value: (?<value>-?\d{1,10})/,
    text: 'the kernel setting {flag} is not {value}, which protectKernelDefaults in edgecore.yaml demands',
    remedy: 'Set it, or set protectKernelDefaults to false.',
    commands: ['sysctl -w {flag}={value}'],
  },
  {
    code: 'cgroup-v1',
    pattern: /not run on a host using cgroup v1/,
    text: 'this node uses cgroup v1, and failCgroupV1 in edgecore.yaml forbids it',
    remedy: 'Boot with cgroup v2, or set modules.edged.tailoredKubeletConfig.failCgroupV1 to false.',
    commands: ['stat -fc %T /sys/fs/cgroup', 'cat /proc/cmdline'],
  },
  {
    code: 'kubelet-listen',
    pattern: /Failed to listen and serve|Failed to create listener for podResources|^"Failed to serve"/,
    text: 'the kubelet inside EdgeCore cannot listen on its port or socket',
    remedy: 'Read the line for the address and the reason.',
    commands: ['ss -ltnp'],
  },
  {
    code: 'kubelet-node-info',
    pattern: /Kubelet failed to get node info/,
    text: 'the kubelet inside EdgeCore finds no node in the database',
    remedy: 'Join the node, or restore its connection to the cloud.',
    commands: ['./edgekit install --cloudcore HOST:10000 --token-file FILE'],
  },
  {
    code: 'container-manager',
    pattern: /Failed to start container ?manager/i,
    text: 'the kubelet inside EdgeCore cannot manage cgroups',
    remedy: 'Read the line for the reason.',
    commands: ['cat /proc/cgroups'],
  },
  {
    code: 'disk-full',
    pattern: /no space left on device/,
    text: 'the disk is full',
    remedy: 'Free disk space.',
    commands: ['df -h /var/lib/kubelet /var/lib/kubeedge'],
  },
  {
    code: 'kubelet-modules',
    pattern:
      /Failed to start cAdvisor|Failed to initialize internal modules|create pod dir|Could not initialize volume plugins/,
    text: 'the kubelet inside EdgeCore cannot set itself up',
    remedy: 'Read the line for the reason; check space and permissions of /var/lib/kubelet.',
    commands: ['df -h /var/lib/kubelet'],
  },
  {
    code: 'edged',
    pattern:
      /(?:Start edged failed, err: |init new edged error,? |initialize module error: ?)(?<reason>[^\n]{1,300})/,
    text: 'the kubelet inside EdgeCore does not start: {reason}',
    remedy: 'Correct what the reason names; most of it is under modules.edged in edgecore.yaml.',
    commands: ['journalctl -u edgecore -n 50 --no-pager'],
  },
  {
    code: 'edged',
    pattern:
      /Start edged failed|init new edged error|initialize module error|Failed to create a new kubelet configuration|CSINode while waiting/,
    text: 'the kubelet inside EdgeCore does not start',
    remedy: 'Read the line for the reason.',
  },
]
