import { describe, expect, test } from 'vitest'
import { knownLines } from '../../../../../src/edgecore/log/known/index.ts'
import { causeOf } from '../../../../../src/edgecore/log/known/known-line.ts'

type Sample = readonly [code: string, line: string, cause: RegExp, remedy: RegExp]
const get = 'failed to apply the edge certs, err: failed to get edge certificate from the cloudcore, error: '
const url = 'failed to request the cloudcore server, err: Get "https://192.0.2.1:10002/edge.crt": '
const tls = 'tls: failed to verify certificate: x509: '

/** What the network says, on the way to port 10002 and to port 10000. */
const networkSamples: readonly Sample[] = [
  [
    'cloud-certificate-address',
    `${tls}certificate is valid for 10.0.2.15, not 192.0.2.10`,
    /does not name the address.*192\.0\.2\.10; it names 10\.0\.2\.15/,
    /advertiseAddress.*cloudcoresecret.*restart CloudCore/,
  ],
  [
    'cloud-certificate-address',
    `${tls}certificate is not valid for any names, but wanted to match cloud.example`,
    /does not name the address/,
    /dnsNames/,
  ],
  [
    'cloud-certificate-address',
    `${tls}cannot validate certificate for 192.0.2.10 because it doesn't contain any IP SANs`,
    /does not name the address.*192\.0\.2\.10/,
    /advertiseAddress/,
  ],
  [
    'clock-behind',
    `${tls}certificate has expired or is not yet valid: current time 1970-01-01T00:01:13Z is before 2024-05-10T08:00:00Z`,
    /clock of this node is wrong.*1970-01-01T00:01:13Z.*2024-05-10T08:00:00Z/,
    /Set the clock/,
  ],
  [
    'cloud-certificate-expired',
    `${tls}certificate has expired or is not yet valid: current time 2036-01-01T00:01:13Z is after 2034-05-10T08:00:00Z`,
    /ended at 2034-05-10T08:00:00Z/,
    /Check the clock.*cloudcoresecret/,
  ],
  ['clock', `${tls}certificate has expired or is not yet valid`, /not valid at the time/, /Set the clock/],
  [
    'cloud-ca-changed',
    `${tls}certificate signed by unknown authority (possibly because of "x509: ECDSA verification failure")`,
    /not signed by the CA that this node trusts/,
    /Join again.*new token/,
  ],
  [
    'cloud-plain-port',
    'tls: first record does not look like a TLS handshake',
    /does not speak TLS/,
    /10002.*10000/,
  ],
  [
    'cloud-plain-port',
    'http: server gave HTTP response to HTTPS client',
    /does not speak TLS/,
    /Correct host and port/,
  ],
  [
    'cloud-proxy',
    'proxyconnect tcp: dial tcp 192.0.2.9:3128: connect: connection refused',
    /proxy in EdgeCore's environment/,
    /NO_PROXY/,
  ],
  [
    'cloud-dns',
    'dial tcp: lookup cloud.example on 127.0.0.53:53: no such host',
    /does not resolve \(cloud\.example\)/,
    /DNS/,
  ],
  [
    'cloud-dns',
    'dial tcp: lookup cloud.example on 192.0.2.53:53: read udp 192.0.2.7:4->192.0.2.53:53: i/o timeout',
    /does not resolve/,
    /edgecore\.yaml.*\/etc\/hosts/,
  ],
  [
    'cloud-refused',
    'dial tcp 192.0.2.1:10002: connect: connection refused',
    /refuses the connection.*nothing listens/,
    /Start CloudCore/,
  ],
  [
    'cloud-no-route',
    'dial tcp 192.0.2.1:10002: connect: no route to host',
    /no route/,
    /Connect the node's network/,
  ],
  [
    'cloud-no-route',
    'dial tcp 192.0.2.1:10002: connect: network is unreachable',
    /no route/,
    /address of CloudCore/,
  ],
  ['cloud-timeout', 'dial tcp 192.0.2.1:10002: i/o timeout', /no answer.*firewall/, /ports 10000 and 10002/],
  ['cloud-timeout', 'net/http: TLS handshake timeout', /no answer/, /ports 10000 and 10002/],
  [
    'cloud-timeout',
    'context deadline exceeded (Client.Timeout exceeded while awaiting headers)',
    /no answer/,
    /address/,
  ],
  [
    'cloud-connection-cut',
    'read tcp 192.0.2.7:4->192.0.2.1:10002: read: connection reset by peer',
    /cuts the connection/,
    /between the node and CloudCore/,
  ],
  ['cloud-connection-cut', 'EOF', /cuts the connection/, /CloudCore runs/],
]

const samples: Record<keyof typeof knownLines, readonly Sample[]> = {
  configurationExits: [
    [
      'config-syntax',
      'failed to unmarshal configfile x, err: error converting YAML to JSON: yaml: line 184: found a tab character that violates indentation',
      /not valid YAML \(line 184: found a tab/,
      /Correct line 184.*never with tabs/,
    ],
    [
      'config-type',
      'failed to unmarshal configfile x, err: json: cannot unmarshal string into Go struct field EdgeCoreConfig.x of type int32',
      /wrong type for x: string, where.*expects int32/,
      /Correct x.*without quotes/,
    ],
    [
      'config-type',
      'error unmarshaling JSON: while decoding JSON: json: cannot unmarshal array into Go struct field Edged.modules.edged.clusterDNS of type string',
      /modules\.edged\.clusterDNS: array, where this version of EdgeCore expects string/,
      /Correct modules\.edged\.clusterDNS/,
    ],
    [
      'config-type',
      'failed to unmarshal configfile x, err: json: something new',
      /wrong type/,
      /without quotes/,
    ],
    [
      'config-missing',
      '[\n  config: Required value: config file /etc/x.yaml not exist. For the configuration',
      /\/etc\/x\.yaml does not exist/,
      /--config in the unit/,
    ],
    [
      'config-unreadable',
      'failed to read configfile /etc/x.yaml: permission denied',
      /cannot read its configuration file \/etc\/x\.yaml/,
      /readable for root/,
    ],
    [
      'config-not-writable',
      'failed to update edgecore config file, err: read-only file system',
      /cannot write its configuration file/,
      /writable/,
    ],
    [
      'mqtt-mode-range',
      '[\n  Mode: Invalid value: 3: Mode need in [0,2] range\n]',
      /mqttMode is not 0, 1 or 2/,
      /mqttMode to 2/,
    ],
    [
      'cgroup-driver',
      '[\n  CGroupDriver: Invalid value: "x": CGroupDriver value error\n]',
      /neither cgroupfs nor systemd/,
      /driver that containerd uses/,
    ],
    [
      'config-invalid',
      '[\n  hostnameOverride: Invalid value: "Edge_1": a lowercase RFC 1123 subdomain\n]',
      /does not accept the value of hostnameOverride/,
      /keys that the line names/,
    ],
    ['feature-gate', 'unrecognized feature gate: NoSuchGate', /feature gate NoSuchGate/, /featureGates/],
    [
      'unknown-flag',
      'Error: unknown flag: --no-such-flag',
      /a flag that it does not have \(--no-such-flag\)/,
      /ExecStart/,
    ],
    [
      'c-library',
      "/usr/local/bin/edgecore: /lib/x86_64-linux-gnu/libc.so.6: version `GLIBC_2.34' not found (required by edgecore)",
      /newer C library.*GLIBC_2\.34/,
      /built for this system/,
    ],
    [
      'environment',
      'failed to check the running environment: kubelet should not be running on edge node when starting edgecore',
      /kubelet or kube-proxy runs/,
      /Stop and disable the kubelet/,
    ],
    [
      'no-address',
      'Failed to get IP address by custom interface eth9, err: no such interface',
      /no address/,
      /default route.*customInterfaceName/,
    ],
    [
      'no-address',
      'Failed to get Local IP address: no default route',
      /no address/,
      /modules\.edged\.nodeIP/,
    ],
    ['no-address', 'invalid node IP address specified: 300.1.1.1', /no address/, /nodeIP/],
    [
      'internal-broker',
      'Launch internal mqtt broker failed, listen tcp 127.0.0.1:1884: bind: address already in use',
      /mqttServerInternal/,
      /mqttMode to 2/,
    ],
    [
      'stream-certificate',
      'Failed to find cert key pair',
      /edgeStream or MetaServer/,
      /until the node has joined/,
    ],
    ['stream-certificate', 'fail to load ca content', /cannot read its certificate/, /Switch/],
    [
      'twin-socket',
      'failed to remove uds socket with err: remove /etc/kubeedge/dmi.sock: directory not empty',
      /DeviceTwin cannot replace its socket/,
      /dmiSockPath/,
    ],
  ],
  databaseExits: [
    [
      'database-damaged',
      '[error] failed to initialize database, got error file is not a database',
      /database is damaged/,
      /Move the database aside/,
    ],
    [
      'database-damaged',
      'Failed to migrate MetaManager tables: database disk image is malformed',
      /database is damaged/,
      /the cloud sends its contents again/,
    ],
    [
      'database-full',
      '[error] failed to initialize database, got error database or disk is full',
      /is full/,
      /Free space/,
    ],
    [
      'database-not-writable',
      '[ORM]2026/11/30 00:39:18 register db Ping `default`, unable to open database file',
      /cannot open or write its database/,
      /\/var\/lib\/kubeedge/,
    ],
    [
      'database-not-writable',
      'Failed to migrate EventBus tables: attempt to write a readonly database',
      /cannot open or write/,
      /writable directory/,
    ],
    [
      'database-locked',
      'Failed to register db: database is locked',
      /another process/,
      /Stop the other EdgeCore/,
    ],
    ['database', 'Failed to connect to DB: something new', /cannot use its database/, /dataBase\.dataSource/],
  ],
  kubeletExits: [
    [
      'kubelet-state',
      '"Failed to start ContainerManager" err="start cpu manager error: could not restore state from checkpoint: configured policy \\"none\\" differs from state checkpoint policy \\"static\\""',
      /configured differently/,
      /Delete the state file/,
    ],
    [
      'kernel-flags',
      '"Failed to start ContainerManager" err="invalid kernel flag: vm/overcommit_memory, expected value: 1, actual value: 0"',
      /vm\/overcommit_memory is not 1/,
      /protectKernelDefaults to false/,
    ],
    [
      'cgroup-v1',
      'Start edged failed, err: failed to run Kubelet: kubelet is configured to not run on a host using cgroup v1',
      /uses cgroup v1/,
      /failCgroupV1 to false/,
    ],
    [
      'edged',
      'Start edged failed, err: failed to run Kubelet: something else',
      /does not start: failed to run Kubelet: something else/,
      /modules\.edged/,
    ],
    [
      'never-joined',
      'Failed to initialize CSINode after retrying: timed out waiting for the condition',
      /never joined its cloud.*27 s/,
      /Join the node once.*DisableCSIVolumePlugin/,
    ],
    [
      'docker-runtime',
      'Start edged failed, err: failed to run Kubelet: unsupported CRI runtime: "docker", only "remote" is currently supported',
      /Docker.*v1\.14/,
      /containerRuntime to remote.*remoteRuntimeEndpoint/,
    ],
    [
      'docker-down',
      '"Couldn\'t connect to docker" err="x"',
      /Docker.*does not answer/,
      /containerRuntime to remote/,
    ],
    [
      'cri-disabled',
      'Start edged failed, err: validate service connection: rpc error: desc = unknown service runtime.v1.RuntimeService',
      /without its CRI plugin/,
      /disabled_plugins/,
    ],
    [
      'cri-disabled',
      'Start edged failed, err: get remote runtime typed version failed: rpc error: code = Unimplemented desc = unknown service runtime.v1alpha2.RuntimeService',
      /without its CRI plugin, or is 2\.0 or later/,
      /disabled_plugins.*upgrade KubeEdge/,
    ],
    [
      'kubepods-cgroup',
      `"Failed to start ContainerManager" err="failed to initialize top level QOS containers: root container [kubepods] doesn't exist"`,
      /kubepods.*lacks a controller/,
      /cpuset.*reboot/,
    ],
    [
      'container-runtime',
      'Start edged failed, err: failed to run Kubelet: validate service connection: validate CRI v1 runtime API for endpoint "unix:///run/x.sock"',
      /container runtime does not answer/,
      /Start containerd.*containerRuntimeEndpoint/,
    ],
    [
      'container-runtime',
      'Start edged failed, err: get remote runtime typed version failed: dial unix /run/containerd/containerd.sock: connect: no such file or directory',
      /does not answer/,
      /Start containerd/,
    ],
    [
      'cgroup-driver-mismatch',
      'init new edged error, misconfiguration: kubelet cgroup driver: "cgroupfs" is different from docker cgroup driver: "systemd"',
      /is cgroupfs, the container runtime's is systemd/,
      /to systemd/,
    ],
    [
      'cgroup-missing',
      '"Failed to start ContainerManager" err="system validation failed - Following Cgroup subsystem not mounted: [memory cpuset]"',
      /no cgroup controller memory cpuset/,
      /Raspberry Pi.*cgroup_enable=memory/,
    ],
    [
      'cgroup-missing',
      '"Failed to start ContainerManager" err="failed to initialize top level QOS containers: root container [kubepods] has some missing controllers: memory"',
      /no cgroup controller memory/,
      /Enable the controller and reboot/,
    ],
    [
      'inotify-limit',
      '"Failed to start cAdvisor" err="inotify_init: too many open files"',
      /inotify/,
      /Increase the limits/,
    ],
    [
      'inotify-limit',
      '"Failed to start cAdvisor" err="inotify_add_watch /sys/fs/cgroup/memory: no space left on device"',
      /inotify/,
      /Increase the limits/,
    ],
    [
      'swap-on',
      'Start edged failed, err: running with swap on is not supported, please disable swap',
      /swap is on/,
      /failSwapOn to false/,
    ],
    [
      'port-taken',
      '"Failed to listen and serve" err="listen tcp 127.0.0.1:10350: bind: address already in use"',
      /port 10350.*is taken/,
      /Stop the process that holds it/,
    ],
    [
      'kubelet-listen',
      '"Failed to listen and serve" err="listen tcp: lookup x: no such host"',
      /cannot listen/,
      /Read the line/,
    ],
    [
      'kubelet-node-info',
      '"Kubelet failed to get node info" err="node length from meta db is 0"',
      /finds no node in the database/,
      /Join the node/,
    ],
    [
      'container-manager',
      '"Failed to start ContainerManager" err="something new"',
      /cannot manage cgroups/,
      /Read the line/,
    ],
    [
      'disk-full',
      '"Failed to initialize internal modules" err="mkdir /var/lib/kubelet/x: no space left on device"',
      /disk is full/,
      /Free disk space/,
    ],
    [
      'kubelet-modules',
      '"Failed to initialize internal modules" err="mkdir: permission denied"',
      /cannot set itself up/,
      /\/var\/lib\/kubelet/,
    ],
    [
      'edged',
      '"Failed to create a new kubelet configuration" err="x"',
      /kubelet inside EdgeCore does not start/,
      /Read the line/,
    ],
  ],
  certificateErrors: [
    [
      'token-expired',
      `${get}failed to call http, code: 401, message: token validation failure, err: token has invalid claims: token is expired`,
      /has expired/,
      /new token/,
    ],
    [
      'token-expired',
      `${get}failed to call http, code: 401, message: token validation failure, err: Token is expired`,
      /has expired/,
      /new token/,
    ],
    [
      'token-format',
      'failed to apply the edge certs, err: token  credentials are in the wrong format',
      /missing or incomplete.*four parts/,
      /Get a token/,
    ],
    [
      'token-ca',
      'Error: failed to validate CA certificate. tokenCAhash: a, CAhash: b',
      /another cloud.*CA hash/,
      /httpServer names \(port 10002\)/,
    ],
    [
      'token-wrong',
      `${get}failed to call http, code: 401, message: token validation failure, err: token signature is invalid: signature is invalid`,
      /does not accept the bootstrap token/,
      /new token/,
    ],
    [
      'certificates-not-writable',
      'failed to apply the edge certs, err: failed to save the CA certificate to file: /x, error: read-only',
      /cannot save the certificates/,
      /writable/,
    ],
    [
      'tls-intercepted',
      'Error: failed to get CA certificate, err: Get "https://192.0.2.1:10002/ca.crt": remote error: tls: bad certificate',
      /something between.*ends TLS \(bad certificate\)/,
      /10000, 10002 and 10004 through at layer 4/,
    ],
    ...networkSamples.map(
      ([code, line, cause, remedy]) => [code, `${get}${url}${line}`, cause, remedy] as const,
    ),
    [
      'cloud-http-error',
      `${get}failed to call http, code: 500, message: x`,
      /returns HTTP 500/,
      /CloudCore's log/,
    ],
    [
      'no-certificates',
      'failed to apply the edge certs, err: failed to get CA certificate, err: something new',
      /has no certificates/,
      /Read the line/,
    ],
  ],
  crashes: [
    [
      'registration-refused',
      'panic: runtime error: invalid memory address\ngithub.com/kubeedge/kubeedge/edge/pkg/metamanager/client.updateNodeDB({0xc0})',
      /refuses to register this node/,
      /CloudCore's log/,
    ],
    [
      'null-section',
      'panic: x\ngithub.com/kubeedge/api/apis/componentconfig/edgecore/v1alpha2/validation.ValidateEdgeCoreConfiguration(0xc0)',
      /set to null/,
      /Remove the key without a value/,
    ],
    [
      'event-bus-tls-null',
      'panic: x\ngithub.com/kubeedge/kubeedge/edge/pkg/eventbus/common/util.HubClientInit(...)',
      /eventBusTLS is set to null/,
      /Remove the key eventBusTLS/,
    ],
    [
      'event-bus-tls-files',
      'panic: x\ngithub.com/kubeedge/kubeedge/edge/pkg/eventbus/mqtt.(*Client).InitSubClient(0xc0)',
      /cannot read its TLS files/,
      /eventBusTLS names them/,
    ],
    ['out-of-memory', 'fatal error: runtime: out of memory', /out of memory/, /Free memory/],
    ['message-type', 'panic: Wrong message type 7', /does not understand/, /same KubeEdge version/],
    [
      'data-race',
      'fatal error: concurrent map read and map write',
      /changed the same data at once.*a bug/,
      /Upgrade.*metaServer/,
    ],
    ['data-race', 'panic: concurrent write to websocket connection', /a bug in this version/, /Upgrade/],
    ['arm-alignment', 'panic: unaligned 64-bit atomic operation', /32-bit ARM/, /64-bit system/],
    [
      'database-access',
      'panic: failed to access database after 3 times try',
      /could not write its database/,
      /Free space.*already been committed.*v1\.12/,
    ],
    [
      'crash',
      'panic: runtime error: index out of range [1] with length 1',
      /a bug in it: panic: runtime error: index out of range/,
      /Upgrade KubeEdge, or report/,
    ],
  ],
  systemdExits: [
    [
      'exec-permission',
      'edgecore.service: Failed at step EXEC spawning /usr/local/bin/edgecore: Permission denied',
      /may not execute/,
      /executable.*noexec/,
    ],
    [
      'crashed',
      'edgecore.service: Main process exited, code=dumped, status=11/SEGV',
      /crashed \(11\/SEGV\)/,
      /Look for a panic/,
    ],
    [
      'start-limit',
      'edgecore.service: Start request repeated too quickly.',
      /stopped starting EdgeCore/,
      /start EdgeCore again/,
    ],
    [
      'oom-killed',
      'Out of memory: Killed process 4246 (edgecore) total-vm:1838240kB, anon-rss:501232kB',
      /memory ran out/,
      /Free memory/,
    ],
    [
      'exec-format',
      'edgecore.service: Failed at step EXEC spawning /usr/local/bin/edgecore: Exec format error',
      /another architecture/,
      /for this architecture/,
    ],
    [
      'exec-missing',
      'edgecore.service: Failed at step EXEC spawning /usr/local/bin/edgecore: No such file or directory',
      /not where ExecStart/,
      /Install the program/,
    ],
    [
      'exec-missing',
      "edgecore.service: Unable to locate executable '/usr/local/bin/edgecore': No such file or directory",
      /not where ExecStart/,
      /correct ExecStart/,
    ],
    ['exec', 'edgecore.service: Main process exited, code=exited, status=203/EXEC', /203\/EXEC/, /ExecStart/],
    [
      'exec',
      'edgecore.service: Failed at step EXEC spawning /usr/local/bin/edgecore: Text file busy',
      /not executable/,
      /ExecStart/,
    ],
    [
      'oom-killed',
      "edgecore.service: Failed with result 'oom-kill'.",
      /memory ran out/,
      /Free memory.*MemoryMax/,
    ],
    [
      'oom-killed',
      'edgecore.service: A process of this unit has been killed by the OOM killer.',
      /kernel killed EdgeCore/,
      /MemoryMax/,
    ],
    [
      'unit-setup',
      'edgecore.service: Main process exited, code=exited, status=226/NAMESPACE',
      /226\/NAMESPACE/,
      /Correct the setting of the unit/,
    ],
    [
      'illegal-instruction',
      'edgecore.service: Main process exited, code=dumped, status=4/ILL',
      /instruction/,
      /built for this processor/,
    ],
    [
      'killed',
      'edgecore.service: Main process exited, code=killed, status=9/KILL',
      /a signal ended EdgeCore \(9\/KILL\)/,
      /Find what sent the signal/,
    ],
    ['start-timeout', "edgecore.service: Failed with result 'timeout'.", /within the time/, /Type=/],
    [
      'exited',
      'edgecore.service: Main process exited, code=exited, status=1/FAILURE',
      /status 1\/FAILURE/,
      /last lines before the end/,
    ],
    ['exited', "edgecore.service: Failed with result 'exit-code'.", /ended by itself/, /last lines/],
    [
      'restarting',
      'edgecore.service: Scheduled restart job, restart counter is at 47.',
      /again and again/,
      /whole journal/,
    ],
  ],
  connectErrors: [
    [
      'open-files',
      'Network Error : dial tcp 127.0.0.1:1883: socket: too many open files',
      /as many open files/,
      /LimitNOFILE/,
    ],
    [
      'connection-refused',
      'Network Error : dial tcp 127.0.0.1:1883: connect: connection refused',
      /nothing listens/,
      /Start the broker.*mqttServerExternal/,
    ],
    [
      'no-port',
      'Network Error : dial tcp: address 127.0.0.1: missing port in address',
      /no port/,
      /tcp:\/\/127\.0\.0\.1:1883/,
    ],
    ['no-address', 'Network Error : dial tcp: missing address', /is empty/, /tcp:\/\/127\.0\.0\.1:1883/],
    ['unknown-scheme', 'Network Error : Unknown protocol', /scheme.*mqtt:\/\//, /tcp:\/\/ or ssl:\/\//],
    ['bad-address', 'No servers defined to connect to', /not a URL/, /tcp:\/\/127\.0\.0\.1:1883/],
    ['not-authorized', 'Not Authorized', /refuses the login/, /mqttUsername and mqttPassword/],
    [
      'bad-credentials',
      'Bad user name or password',
      /refuses the user name or the password/,
      /user that the broker has/,
    ],
    [
      'client-id-rejected',
      'Identifier rejected',
      /refuses the client id/,
      /mqttSubClientID and mqttPubClientID/,
    ],
    ['broker-unavailable', 'Server Unavailable', /not available/, /Read the broker log/],
    ['protocol-version', 'Unnacceptable protocol version', /MQTT 3\.1\.1/, /Allow MQTT 3\.1\.1/],
    [
      'tls-unknown-ca',
      'Network Error : tls: failed to verify certificate: x509: certificate signed by unknown authority',
      /CA that EventBus trusts/,
      /tlsMqttCAFile/,
    ],
    [
      'tls-no-san',
      'Network Error : x509: certificate relies on legacy Common Name field, use SANs instead',
      /common name/,
      /subject alternative name/,
    ],
    [
      'tls-expired',
      'Network Error : x509: certificate has expired or is not yet valid: current time',
      /clock of this node/,
      /Correct the clock/,
    ],
    [
      'tls-wrong-name',
      'Network Error : x509: certificate is valid for a, not b',
      /another name or address/,
      /mqttServerExternal/,
    ],
    [
      'tls-client-certificate',
      'Network Error : remote error: tls: bad certificate',
      /refuses the client certificate/,
      /tlsMqttCertFile/,
    ],
    [
      'tls-to-plain-port',
      'Network Error : read tcp 127.0.0.1:4->127.0.0.1:1883: read: connection reset by peer',
      /plain MQTT/,
      /tcp:\/\//,
    ],
    ['closed-before-answer', 'Network Error : %!s(<nil>)', /closed before the broker answered/, /ssl:\/\//],
    [
      'unknown-host',
      'Network Error : dial tcp: lookup broker on 1.1.1.1:53: no such host',
      /does not resolve/,
      /127\.0\.0\.1:1883/,
    ],
    ['timeout', 'Network Error : dial tcp 10.0.0.1:1883: i/o timeout', /does not answer at all/, /all_proxy/],
    [
      'unreachable',
      'Network Error : dial tcp 10.0.0.1:1883: connect: no route to host',
      /no route/,
      /127\.0\.0\.1:1883/,
    ],
  ],
  cloudLinkErrors: [
    [
      'cloud-websocket-port',
      'dial websocket error(websocket: bad handshake), response message: response code: 404, response body: 404 page not found',
      /port is wrong/,
      /websocket\.server to port 10000/,
    ],
    [
      'cloud-websocket-port',
      'Init websocket connection failed websocket: bad handshake',
      /bad handshake/,
      /port 10000/,
    ],
    [
      'cloud-handshake',
      'dial websocket error(websocket: bad handshake), response message: response code: 502, response body: Bad Gateway',
      /HTTP 502/,
      /layer 4/,
    ],
    [
      'node-certificate-rejected',
      'dial websocket error(remote error: tls: bad certificate), response message: ',
      /does not accept this node's certificate/,
      /join again/,
    ],
    [
      'node-certificate-unreadable',
      'connection failed: failed to load x509 key pair, error: open /etc/kubeedge/certs/server.crt: no such file',
      /cannot read this node's certificate/,
      /Restore the files/,
    ],
    [
      'cloud-quic',
      'Init quic connection failed HandshakeTimeout: Crypto handshake did not complete in time.',
      /does not answer over QUIC/,
      /cloudHub\.quic.*10001.*websocket/,
    ],
    ...networkSamples.map(
      ([code, line, cause, remedy]) =>
        [code, `dial websocket error(${line}), response message: `, cause, remedy] as const,
    ),
  ],
  warnings: [
    [
      'tunnel-failed',
      'TLSClientConnect error dial tcp 192.0.2.10:10004: connect: connection refused',
      /logs and exec cannot reach this node.*10004.*connection refused/,
      /10004.*modules\.edgeStream off/,
    ],
    ['cloud-messages-dropped', 'too many message received, fifo overflow', /drops some/, /Restart EdgeCore/],
    [
      'twin-module-crashed',
      'TwinModule in twin panic with err: runtime error: invalid memory address or nil pointer dereference',
      /TwinModule of DeviceTwin crashed/,
      /find the device/,
    ],
    [
      'event-bus-blocked',
      'The module eventbus message channel is full, message: {}',
      /other parts of EdgeCore stand still/,
      /Start the broker/,
    ],
    [
      'subscribe-failed',
      'edge-hub-cli subscribe topic: $hw/events/upload/#, not connected',
      /could not subscribe/,
      /access list/,
    ],
    [
      'publish-failed',
      'Error in pubMQTT with topic: x, not connected',
      /could not hand a message/,
      /Read the broker log/,
    ],
    [
      'image-removed',
      '"Removing image to free bytes" imageID="sha256:1" size=1',
      /removes images/,
      /Free disk space/,
    ],
    [
      'eviction',
      '"Eviction manager: attempting to reclaim" resourceName="ephemeral-storage"',
      /evicts pods/,
      /Free disk space or memory/,
    ],
  ],
  podErrors: [
    [
      'sandbox-image',
      '"RunPodSandbox from runtime service failed" err="failed to get sandbox image \\"registry.k8s.io/pause:3.6\\": failed to pull"',
      /no pod can start.*registry\.k8s\.io\/pause:3\.6/,
      /sandbox_image.*podSandboxImage/,
    ],
    [
      'cni-plugin-missing',
      '"RunPodSandbox from runtime service failed" err="plugin type=\\"bridge\\" failed (add): failed to find plugin \\"bridge\\" in path [/usr/lib/cni]"',
      /CNI plugin bridge is not in \/usr\/lib\/cni/,
      /Install the CNI plugins/,
    ],
    [
      'cni-plugin-missing',
      '"StopPodSandbox from runtime service failed" err="failed to find plugin \\"loopback\\" in path [/opt/cni/bin]"',
      /CNI plugin loopback is not in \/opt\/cni\/bin/,
      /bin_dir/,
    ],
    [
      'cni-config-missing',
      '"Container runtime network not ready" networkReady="NetworkReady=false reason:NetworkPluginNotReady message:Network plugin returns error: cni plugin not initialized"',
      /no CNI configuration/,
      /\/etc\/cni\/net\.d/,
    ],
    [
      'runtime-cgroup-driver',
      '"Failed to create sandbox for pod" err="runc create failed: expected cgroupsPath to be of format \\"slice:prefix:name\\" for systemd cgroups"',
      /cgroup driver cgroupfs, and the container runtime systemd/,
      /cgroupDriver to systemd/,
    ],
    [
      'runtime-cgroup-driver',
      'failed to "CreatePodSandbox" for "a": cri-o configured with systemd cgroup manager, but did not receive slice as parent: systemd',
      /container runtime systemd/,
      /cgroupDriver to systemd/,
    ],
    [
      'cni-plugin-failed',
      '"Failed to create sandbox for pod" err="failed to setup network for sandbox \\"1\\": plugin type=\\"flannel\\" failed (add): loadFlannelSubnetEnv failed: open /run/flannel/subnet.env: no such file or directory"',
      /CNI plugin flannel fails \(loadFlannelSubnetEnv failed: open \/run\/flannel\/subnet\.env: no such file or directory\)/,
      /agent of the pod network/,
    ],
    [
      'pod-disk-full',
      '"Error syncing pod, skipping" err="failed to \\"StartContainer\\" for \\"app\\" with ErrImagePull: \\"failed to extract layer: write /var/lib/containerd/x: no space left on device: unknown\\""',
      /disk of the container runtime is full/,
      /Free disk space/,
    ],
    [
      'image-architecture',
      '"Error syncing pod, skipping" err="failed to \\"StartContainer\\" for \\"app\\" with RunContainerError: \\"runc create failed: exec /app: exec format error\\""',
      /another architecture/,
      /Use an image/,
    ],
    [
      'volume-mount',
      'Operation for "{volumeName:x}" failed. Error: MountVolume.SetUp failed for volume "cfg" (UniqueName: "kubernetes.io/configmap/67bf-cfg") pod "web-1" (UID: "67bf") : configmap "web-config" not found',
      /volume cfg cannot be mounted \(configmap "web-config" not found\)/,
      /Create the ConfigMap/,
    ],
    [
      'volume-mount',
      '"Unable to attach or mount volumes for pod; skipping pod" err="unmounted volumes=[cfg], unattached volumes=[cfg]: timed out waiting for the condition"',
      /cannot be mounted \(cfg\)/,
      /Create the ConfigMap/,
    ],
    [
      'mosquitto-daemonset-pull',
      '"Error syncing pod, skipping" err="failed to \\"StartContainer\\" for \\"edge-eclipse-mosquitto\\" with ImagePullBackOff: \\"Back-off\\""',
      /schedules its own broker.*edge-eclipse-mosquitto/,
      /mosquitto\.enable=false/,
    ],
    [
      'mosquitto-daemonset-conflict',
      '"Error syncing pod, skipping" err="failed to \\"StartContainer\\" for \\"edge-eclipse-mosquitto\\" with CrashLoopBackOff: \\"back-off\\""',
      /second broker.*1883 is taken/,
      /mosquitto\.enable=false/,
    ],
    [
      'image-pull',
      '"Error syncing pod, skipping" err="failed to \\"StartContainer\\" for \\"app\\" with ImagePullBackOff: \\"Back-off pulling image \\\\\\"example/app:1\\\\\\"\\""',
      /cannot pull its image example\/app:1/,
      /Import the image/,
    ],
    [
      'image-pull',
      '"Error syncing pod, skipping" err="failed to \\"StartContainer\\" for \\"app\\" with ErrImagePull: \\"rpc error\\""',
      /cannot pull its image/,
      /make its registry reachable/,
    ],
    [
      'inotify-limit',
      'failed to create fsnotify watcher: too many open files',
      /inotify/,
      /Increase the limits/,
    ],
    [
      'sandbox',
      '"RunPodSandbox from runtime service failed" err="something new"',
      /cannot create its sandbox/,
      /Read the line/,
    ],
    [
      'container-name-taken',
      '"Error syncing pod, skipping" err="failed to \\"StartContainer\\" for \\"app\\" with CreateContainerError: \\"failed to reserve container name \\\\\\"app_app-1_default_0b1c_0\\\\\\": name \\\\\\"app_app-1_default_0b1c_0\\\\\\" is reserved for \\\\\\"6bd3\\\\\\"\\""',
      /container app cannot be created: containerd is still creating/,
      /Wait some minutes/,
    ],
    [
      'container-name-taken',
      'worker [4] handle pod addition item [app-1] failed: sync pod failed: failed to "StartContainer" for "app" with CreateContainerError: "Error response from daemon: Conflict. The container name \\"/k8s_app_app-1_1\\" is already in use by container \\"d64c\\". You have to remove (or rename) that container to be able to reuse that name.", re-add to queue',
      /container app cannot be created: Docker has kept/,
      /Remove the one before/,
    ],
    [
      'container-config',
      '"Error syncing pod, skipping" err="failed to \\"StartContainer\\" for \\"app\\" with CreateContainerConfigError: \\"secret \\\\\\"app-key\\\\\\" not found\\""',
      /container app cannot be created: this node has no secret app-key/,
      /namespace of the pod/,
    ],
    [
      'container-create',
      '"Error syncing pod, skipping" err="failed to \\"StartContainer\\" for \\"app\\" with CreateContainerConfigError: \\"container has runAsNonRoot and image will run as root\\""',
      /container app cannot be created \(CreateContainerConfigError\)/,
      /Read the line/,
    ],
    [
      'container-start',
      '"Error syncing pod, skipping" err="failed to \\"StartContainer\\" for \\"app\\" with CrashLoopBackOff: \\"back-off\\""',
      /container app does not stay up \(CrashLoopBackOff\)/,
      /log of the container/,
    ],
  ],
}

describe.each(Object.entries(knownLines))('%s', (list, rows) => {
  const own = samples[list as keyof typeof knownLines]

  test.each(own)('%s: %s', (code, line, cause, remedy) => {
    const found = causeOf(rows, line)
    expect(found?.code).toBe(code)
    expect(found?.text).toMatch(cause)
    expect(found?.remedy).toMatch(remedy)
  })

  test('every row has a sample that it, and none before it, matches', () => {
    const matched = own.map(([, line]) => rows.findIndex(({ pattern }) => pattern.test(line)))
    expect(rows.filter((_, index) => !matched.includes(index)).map(({ code }) => code)).toEqual([])
  })

  test('causes are clauses without a full stop, remedies sentences that begin with a verb', () => {
    for (const { text, remedy } of rows) {
      expect(text).toMatch(/^(?:[a-z{0-9]|EdgeCore|Docker|EventBus|CloudCore|DeviceTwin|This).*[^.]$/)
      expect(remedy).toMatch(/^[A-Z][a-z]+ .*\.$/)
    }
  })
})
