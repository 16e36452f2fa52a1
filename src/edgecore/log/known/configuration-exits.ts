import type { KnownLine } from './known-line.ts'

const config = '/etc/kubeedge/config/edgecore.yaml'

/** How EdgeCore ends over edgecore.yaml and its surroundings (edge/cmd/edgecore/app/server.go). */
export const configurationExits: readonly KnownLine[] = [
  {
    code: 'config-syntax',
    pattern: /error converting YAML to JSON: yaml: (?<where>line \d+|.{0,40}?): (?<what>[^\n]{1,200})/,
    text: 'edgecore.yaml is not valid YAML ({where}: {what})',
    remedy: 'Correct {where} of edgecore.yaml. YAML indents with spaces, never with tabs.',
    commands: ['edgekit doctor edgecore-config-valid'],
  },
  {
    code: 'config-type',
    pattern:
      /cannot unmarshal (?<found>\w{1,20})(?: [\w.+-]{1,40})? into Go struct field \w{1,80}\.(?<key>[\w.]{1,200}) of type (?<type>[\w.[\]*{}]{1,80})/,
    text: 'edgecore.yaml has the wrong type for {key}: {found}, where this version of EdgeCore expects {type}',
    remedy: 'Correct {key}: write numbers, true and false without quotes, and a list only where one belongs.',
    commands: [`grep -n {key} ${config}`],
  },
  {
    code: 'config-type',
    pattern: /failed to unmarshal configfile|error unmarshaling JSON/i,
    text: 'a value in edgecore.yaml has the wrong type (a quoted number, or text for true or false)',
    remedy: 'Correct the key that the line names: write numbers, true and false without quotes.',
  },
  {
    code: 'config-missing',
    pattern: /config: Required value: config file (?<file>\S{1,200}) not exist/,
    text: 'the configuration file {file} does not exist',
    remedy: 'Create the file, or correct --config in the unit.',
    commands: ['systemctl cat edgecore'],
  },
  {
    code: 'config-unreadable',
    pattern: /failed to read configfile (?<file>[^\s,]{1,200})/i,
    text: 'EdgeCore cannot read its configuration file {file}',
    remedy: 'Make the file readable for root, and see that it is a file.',
    commands: ['ls -l {file}'],
  },
  {
    code: 'config-not-writable',
    pattern: /failed to update edgecore config file/,
    text: 'EdgeCore cannot write its configuration file, which v1.21 and later do at start',
    remedy: 'Make /etc/kubeedge/config writable.',
    commands: ['findmnt -T /etc/kubeedge/config'],
  },
  {
    code: 'mqtt-mode-range',
    pattern: /Mode need in \[0,2\] range/,
    text: 'modules.eventBus.mqttMode is not 0, 1 or 2',
    remedy: 'Set modules.eventBus.mqttMode to 2.',
  },
  {
    code: 'cgroup-driver',
    pattern: /CGroupDriver value error/,
    text: 'the cgroup driver in edgecore.yaml is neither cgroupfs nor systemd',
    remedy: 'Set modules.edged.tailoredKubeletConfig.cgroupDriver to the driver that containerd uses.',
    commands: ['containerd config dump | grep SystemdCgroup'],
  },
  {
    code: 'config-invalid',
    pattern: /(?<key>[\w.[\]]{1,100}): (?:Invalid|Required|Unsupported) value/,
    text: 'EdgeCore does not accept the value of {key} in edgecore.yaml',
    remedy: 'Correct the keys that the line names.',
    commands: ['edgekit doctor edgecore-config-valid'],
  },
  {
    code: 'feature-gate',
    pattern: /(?:unrecognized feature gate: |cannot set feature gate )(?<gate>\w{1,80})/,
    text: 'this version of EdgeCore does not accept the feature gate {gate}',
    remedy: 'Remove it from featureGates in edgecore.yaml.',
    commands: [`grep -n -A5 featureGates ${config}`],
  },
  {
    code: 'unknown-flag',
    pattern: /^(?:Error: )?unknown (?:shorthand )?flag: (?<flag>[^\n]{1,80})/,
    text: 'the unit starts EdgeCore with a flag that it does not have ({flag})',
    remedy: 'Remove the flag from ExecStart of the unit.',
    commands: ['systemctl cat edgecore'],
  },
  {
    code: 'c-library',
    pattern: /version [`'](?<version>GLIBC\S{1,20})' not found/,
    text: 'this EdgeCore needs a newer C library than the node has ({version})',
    remedy: 'Install an EdgeCore that is built for this system, or upgrade the system.',
    commands: ['ldd --version'],
  },
  {
    code: 'environment',
    pattern: /failed to check the running environment/i,
    text: 'a kubelet or kube-proxy runs on this node, and EdgeCore takes their place',
    remedy: 'Stop and disable the kubelet, and keep the kube-proxy DaemonSet off edge nodes.',
    commands: ['systemctl disable --now kubelet'],
  },
  {
    code: 'no-address',
    pattern:
      /Failed to get (?:Local IP address|IP address by custom interface)|invalid node IP address specified/,
    text: 'EdgeCore finds no address for the node',
    remedy:
      'Give the node a default route, or correct modules.edged.nodeIP and customInterfaceName in edgecore.yaml.',
    commands: ['ip route', `grep -nE "nodeIP|customInterfaceName" ${config}`],
  },
  {
    code: 'internal-broker',
    pattern: /Launch intern[ae]l mqtt broker failed/,
    text: 'the broker inside EdgeCore cannot listen at modules.eventBus.mqttServerInternal',
    remedy: 'Set modules.eventBus.mqttMode to 2, which uses only the broker on the node.',
    commands: ['edgekit edgecore patch /etc/kubeedge/config/edgecore.yaml --set modules.eventBus.mqttMode=2'],
  },
  {
    code: 'stream-certificate',
    pattern:
      /Failed to find cert key pair|fail to load ca content|unexpected error parsing p(?:ublic|rivate) key/,
    text: 'edgeStream or MetaServer is on and cannot read its certificate',
    remedy:
      'Switch modules.edgeStream and modules.metaManager.metaServer off until the node has joined, or put the files where edgecore.yaml names them.',
    commands: [`grep -nE "tls.*File" ${config}`],
  },
  {
    code: 'twin-socket',
    pattern: /failed to remove uds socket/,
    text: 'DeviceTwin cannot replace its socket',
    remedy:
      'Set modules.deviceTwin.dmiSockPath to a socket: v1.12 to v1.22 cannot start with the directory that v1.23 writes there.',
    commands: [
      `edgekit edgecore patch ${config} --set modules.deviceTwin.dmiSockPath=/etc/kubeedge/dmi.sock`,
      'systemctl restart edgecore',
    ],
  },
]
