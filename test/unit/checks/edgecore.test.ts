import { certificate, config, joining, token } from './changes.ts'
import { unit } from './healthy.ts'
import { type Healthy, type Row, testRows } from './rows.ts'

const database = (node: Healthy, size: number | undefined): unknown =>
  Object.assign(node.edgecoreDatabase.value, { size, isDatabase: false })

const jwt = (payload: object) => `a.b.${Buffer.from(JSON.stringify(payload)).toString('base64url')}.c`

const now = Date.parse('2026-11-21T10:00:00Z')

const dayMs = 86_400_000

const cloudTrouble =
  (code: string, text: string, rest: object = {}) =>
  (node: Healthy): unknown =>
    Object.assign(node.edgecoreLog.value, {
      cloud: 'reconnecting',
      cloudCause: { code, text, remedy: 'Do this.', line: 'a line' },
      ...rest,
    })

const neverRegistered =
  (wasRegistered: boolean | undefined, cloud: (node: Healthy) => unknown, problem?: string) =>
  (node: Healthy): unknown => [
    cloud(node),
    Object.assign(node.edgecoreDatabase.value, { wasRegistered, problem }),
  ]

const exit = (text: string) => ({ code: 'x', text, remedy: 'Do this.', line: 'a line' })

const looping =
  (activeForMs: number, log: Partial<Healthy['edgecoreLog']['value']>) =>
  (node: Healthy): unknown => [
    Object.assign(node.units.value.edgecore, { restarts: 4, activeForMs }),
    Object.assign(node.edgecoreLog.value, log),
  ]

/** Pods that fail since second 0 until second `seconds`. */
const failing =
  (seconds: number, ...pods: { name: string; container?: string }[]) =>
  (node: Healthy): unknown =>
    (node.edgecoreLog.value.pods = [
      {
        code: 'image-pull',
        text: 'a pod cannot start',
        remedy: 'Import the image.',
        line: 'E1130 …',
        times: 3,
        pods: pods.map(pod => ({ ...pod, since: now, until: now + seconds * 1000 })),
      },
    ])
const [web, other] = [{ name: 'default/web', container: 'web' }, { name: 'default/other' }]

const running =
  (pod: string, container: string, log: (node: Healthy) => unknown) =>
  (node: Healthy): unknown => [
    log(node),
    Object.assign(node.containerd.value, { pods: [{ pod, container }] }),
  ]

const refused = cloudTrouble('cloud-refused', 'CloudCore refuses the connection')
const file = '/etc/kubeedge/config/edgecore.yaml'

/** What `keadm reset` leaves. */
const reset = (node: Healthy): void => {
  node.edgecoreConfig.value.config = undefined
  node.certificates.value.node = undefined
  database(node, undefined)
}

const rows: Row[] = [
  [
    'pods-start',
    'warn',
    'pods that do not start',
    'a pod cannot start (pods default/web, default/other)',
    failing(12, web, other),
  ],
  ['pods-start', 'warn', 'one that does not name its pod', 'a pod cannot start', failing(0)],
  [
    'pods-start',
    'warn',
    'another container of the pod runs',
    'a pod cannot start (pod default/web)',
    running('default/web', 'log', failing(12, web)),
  ],
  [
    'pods-start',
    'warn',
    'one of two has recovered',
    'a pod cannot start (pod default/web)',
    running('default/other', 'x', failing(12, web, other)),
  ],
  [
    'pods-start',
    'pass',
    'a container that has recovered',
    'no failures in the log',
    running('default/web', 'web', failing(12, web)),
  ],
  ['pods-start', 'pass', 'a first attempt', 'no failures in the log', failing(9, web)],

  [
    'edgecore-config-file',
    'fail',
    'no file',
    '/etc/kubeedge/config/edgecore.yaml does not exist',
    node => (node.edgecoreConfig.value.config = undefined),
  ],
  [
    'edgecore-config-file',
    'fail',
    'nothing of EdgeCore, as after keadm reset',
    "/etc/kubeedge/config/edgecore.yaml, the node certificate and EdgeCore's database are gone, as after keadm reset: this node is in no cluster",
    reset,
  ],
  [
    'edgecore-config-file',
    'fail',
    'not YAML',
    '/etc/kubeedge/config/edgecore.yaml: line 2',
    node => Object.assign(node.edgecoreConfig.value, { config: undefined, problem: 'line 2' }),
  ],
  [
    'edgecore-config-file',
    'warn',
    'a second file',
    'EdgeCore reads /etc/kubeedge/config/edgecore.yaml and ignores /etc/kubeedge/config/edgecore.yaml',
    node => (node.edgecoreConfig.value.hasUnusedDefault = true),
  ],
  [
    'edgecore-config-file',
    'warn',
    'a key twice',
    'modules.eventBus.mqttMode (lines 3 and 4)',
    node => (node.edgecoreConfig.value.duplicateKeys = ['modules.eventBus.mqttMode (lines 3 and 4)']),
  ],
  ...(
    [
      [
        'fail',
        'v1.15.1',
        'containerRuntime: docker',
        'modules.edged.containerRuntime is docker; KubeEdge v1.14 and later support only remote',
      ],
      ['pass', 'v1.13.0', 'containerRuntime: docker', file],
      ['pass', 'v1.15.1', 'containerRuntime: remote', file],
      ['pass', 'v1.16.0', 'containerRuntime: docker', file],
      [
        'fail',
        'v1.17.0',
        'remoteRuntimeEndpoint: unix:///var/run/dockershim.sock',
        'modules.edged.remoteRuntimeEndpoint is unix:///var/run/dockershim.sock, the socket of Docker: KubeEdge v1.14 and later need that of containerd',
      ],
      ['pass', 'v1.13.0', 'remoteRuntimeEndpoint: unix:///var/run/dockershim.sock', file],
      ['pass', 'v1.18.0', 'remoteRuntimeEndpoint: unix:///var/run/dockershim.sock', file],
      [
        'fail',
        'v1.18.0',
        'tailoredKubeletConfig: {imageServiceEndpoint: unix:///run/docker.sock}',
        'modules.edged.tailoredKubeletConfig.imageServiceEndpoint is unix:///run/docker.sock, the socket of Docker: KubeEdge v1.14 and later need that of containerd',
      ],
      [
        'pass',
        'v1.22.0',
        'tailoredKubeletConfig: {containerRuntimeEndpoint: unix:///run/cri-dockerd.sock}',
        file,
      ],
      [
        'pass',
        'v1.22.0',
        'enable: false, tailoredKubeletConfig: {containerRuntimeEndpoint: unix:///run/docker.sock}',
        file,
      ],
    ] as const
  ).map(
    ([status, version, edged, words]): Row => [
      'edgecore-config-valid',
      status,
      `${edged} for KubeEdge ${version}`,
      words,
      node => {
        config(`modules: {edged: {${edged}}}`)(node)
        Object.assign(node.bundle.value ?? {}, { kubeedgeVersion: version })
      },
    ],
  ),
  [
    'edgecore-config-valid',
    'fail',
    'the version of the EdgeCore that wrote the file',
    'modules.edged.tailoredKubeletConfig.containerRuntimeEndpoint is unix:///run/docker.sock, the socket of Docker: KubeEdge v1.14 and later need that of containerd',
    node => {
      node.bundle.value = undefined
      config(
        'edgecoreVersion: v1.21.0\nmodules: {edged: {tailoredKubeletConfig: {containerRuntimeEndpoint: unix:///run/docker.sock}}}',
      )(node)
    },
  ],
  [
    'edgecore-config-valid',
    'fail',
    'modules: {eventBus: null}',
    'modules.eventBus has no value: EdgeCore crashes',
    config('modules: {eventBus: null}'),
  ],
  [
    'edgecore-config-valid',
    'fail',
    'modules: {eventBus: {eventBusTLS: }}',
    'modules.eventBus.eventBusTLS has no value: EdgeCore crashes',
    config('modules: {eventBus: {eventBusTLS: }}'),
  ],
  [
    'edgecore-config-valid',
    'fail',
    'modules: {eventBus: {mqttMode: 3}}',
    'modules.eventBus.mqttMode is 3, outside 0 to 2',
    config('modules: {eventBus: {mqttMode: 3}}'),
  ],
  [
    'edgecore-config-valid',
    'fail',
    'modules: {eventBus: {mqttMode: "2"}}',
    'modules.eventBus.mqttMode is the string "2", not a number',
    config('modules: {eventBus: {mqttMode: "2"}}'),
  ],
  [
    'edgecore-config-valid',
    'fail',
    'modules: {eventBus: {eventBusTLS: {enable: "yes"}}}',
    'modules.eventBus.eventBusTLS.enable is the string "yes", not true or false',
    config('modules: {eventBus: {eventBusTLS: {enable: "yes"}}}'),
  ],
  [
    'edgecore-config-valid',
    'fail',
    'modules: {eventBus: {mqttPassword: [a]}}',
    'modules.eventBus.mqttPassword is not a string',
    config('modules: {eventBus: {mqttPassword: [a]}}'),
  ],
  [
    'edgecore-config-valid',
    'fail',
    'modules: {deviceTwin: {enable: 1}}',
    'modules.deviceTwin.enable is the number 1, not true or false',
    config('modules: {deviceTwin: {enable: 1}}'),
  ],
  [
    'edgecore-config-valid',
    'fail',
    'modules: {edged: {tailoredKubeletConfig: {cgroupDriver: cgroup}}}',
    'modules.edged.tailoredKubeletConfig.cgroupDriver is "cgroup", not cgroupfs or systemd',
    config('modules: {edged: {tailoredKubeletConfig: {cgroupDriver: cgroup}}}'),
  ],
  [
    'edgecore-config-valid',
    'fail',
    'modules: {edgeHub: {websocket: {enable: true}, quic: {enable: true}}}',
    'modules.edgeHub needs exactly one of websocket.enable and quic.enable',
    config('modules: {edgeHub: {websocket: {enable: true}, quic: {enable: true}}}'),
  ],
  [
    'edgecore-event-bus',
    'fail',
    'modules: {eventBus: {enable: false}}',
    'modules.eventBus.enable is false, expected true',
    config('modules: {eventBus: {enable: false}}'),
  ],
  [
    'edgecore-event-bus',
    'fail',
    'modules: {eventBus: {mqttMode: 0}}',
    'modules.eventBus.mqttMode is 0, expected 2',
    config('modules: {eventBus: {mqttMode: 0}}'),
  ],
  [
    'edgecore-event-bus',
    'fail',
    'modules: {eventBus: {mqttServerExternal: "mqtt://127.0.0.1:1883"}}',
    'modules.eventBus.mqttServerExternal is "mqtt://127.0.0.1:1883", expected "tcp://127.0.0.1:1883"',
    config('modules: {eventBus: {mqttServerExternal: "mqtt://127.0.0.1:1883"}}'),
  ],
  [
    'edgecore-event-bus',
    'fail',
    'modules: {eventBus: {mqttServerInternal: "tcp://127.0.0.1:1883"}}',
    'modules.eventBus.mqttServerInternal is "tcp://127.0.0.1:1883", expected "tcp://127.0.0.1:1884"',
    config('modules: {eventBus: {mqttServerInternal: "tcp://127.0.0.1:1883"}}'),
  ],
  [
    'edgecore-event-bus',
    'fail',
    'modules: {deviceTwin: {enable: false}}',
    'modules.deviceTwin.enable is false, expected true',
    config('modules: {deviceTwin: {enable: false}}'),
  ],
  [
    'edgecore-event-bus',
    'skip',
    'no file',
    'depends on edgecore-config-file',
    node => (node.edgecoreConfig.value.config = undefined),
  ],
  [
    'event-bus-tls',
    'fail',
    'TLS and tcp://',
    'eventBusTLS is enabled, but tcp://127.0.0.1:1883 is plain MQTT: EdgeCore silently uses no TLS',
    config('modules: {eventBus: {eventBusTLS: {enable: true}}}'),
  ],
  [
    'event-bus-tls',
    'fail',
    'ssl:// without TLS',
    'ssl://127.0.0.1:8883 uses TLS, but eventBusTLS is disabled: EdgeCore accepts any certificate and sends none',
    config('modules: {eventBus: {mqttServerExternal: "ssl://127.0.0.1:8883"}}'),
  ],
  [
    'event-bus-tls',
    'pass',
    'ssl:// and TLS',
    'on, ssl://127.0.0.1:8883',
    config('modules: {eventBus: {mqttServerExternal: "ssl://127.0.0.1:8883", eventBusTLS: {enable: true}}}'),
  ],
  [
    'event-bus-tls',
    'fail',
    'no files',
    'eventBusTLS is enabled but files are missing: EdgeCore crashes',
    node => node.certificates.value.eventBusProblems.push('x does not exist'),
  ],
  [
    'event-bus-clients',
    'fail',
    'one ID for both clients',
    'mqttSubClientID and mqttPubClientID are both "a"',
    config('modules: {eventBus: {mqttSubClientID: a, mqttPubClientID: a}}'),
  ],
  [
    'event-bus-clients',
    'pass',
    'two IDs',
    '"a" and "b"',
    config('modules: {eventBus: {mqttSubClientID: a, mqttPubClientID: b}}'),
  ],
  [
    'event-bus-clients',
    'warn',
    'a password without a user name',
    'mqttPassword is set without mqttUsername',
    config('modules: {eventBus: {mqttPassword: secret}}'),
  ],
  [
    'node-certificate',
    'fail',
    'expired',
    '/etc/kubeedge/certs/server.crt expired at 2026-11-21T09:59:59.999Z',
    node => certificate(node, { validTo: now - 1 }),
  ],
  [
    'node-certificate',
    'fail',
    'a mismatched key',
    '/etc/kubeedge/certs/server.crt and its key do not match',
    node => certificate(node, { keyMatches: false }),
  ],
  [
    'node-certificate',
    'fail',
    'a missing key',
    'the key of /etc/kubeedge/certs/server.crt is missing',
    node => certificate(node, { keyMatches: undefined }),
  ],
  [
    'node-certificate',
    'fail',
    'a missing CA',
    'the CA certificate of the cloud (rootCA.crt) is missing',
    node => certificate(node, { issuedByAuthority: undefined }),
  ],
  [
    'node-certificate',
    'fail',
    'another CA',
    '/etc/kubeedge/certs/server.crt was not issued by rootCA.crt: it belongs to another cloud',
    node => certificate(node, { issuedByAuthority: false }),
  ],
  [
    'node-certificate',
    'fail',
    'an unreadable certificate',
    'not PEM',
    node => (node.certificates.value.node = { problem: 'not PEM' }),
  ],
  [
    'node-certificate',
    'skip',
    'not joined',
    'the node has not joined yet',
    node => (node.certificates.value.node = undefined),
  ],
  [
    'certificate-expiry',
    'warn',
    '29 days',
    'expires in 29 days and has not been renewed',
    node => certificate(node, { validTo: now + 29.5 * dayMs }),
  ],
  [
    'certificate-expiry',
    'pass',
    '30 days',
    '30 days',
    node => certificate(node, { validTo: now + 30 * dayMs }),
  ],
  [
    'edgecore-token',
    'skip',
    'neither certificate nor token',
    'not joined yet, and no token is configured',
    joining('modules: {}'),
  ],
  [
    'edgecore-token',
    'pass',
    'a valid token',
    'a well-formed token',
    joining(token(jwt({ exp: now / 1000 + 60 }))),
  ],
  [
    'edgecore-token',
    'fail',
    'an expired token',
    'the node has no certificate, and its token expired at 2026-11-21T09:59:00.000Z',
    joining(token(jwt({ exp: now / 1000 - 60 }))),
  ],
  [
    'edgecore-token',
    'fail',
    'a truncated token',
    'the node has no certificate, and its token has 2 parts',
    joining(token('a.b')),
  ],
  [
    'edgecore-token',
    'skip',
    'a disabled edgeHub',
    'the cloud connection is disabled (modules.edgeHub.enable)',
    joining('modules: {edgeHub: {enable: false}}'),
  ],
  [
    'edgecore-token',
    'fail',
    "a truncated token in keadm's file",
    'the node has no certificate, and its token has 2 parts',
    node => {
      node.certificates.value.node = undefined
      node.certificates.value.bootstrapFile = { set: true, parts: 2 }
    },
  ],
  [
    'edgecore-active',
    'fail',
    'no unit',
    'edgecore.service does not exist',
    node => (node.units.value.edgecore = unit('edgecore.service', { load: 'not-found' })),
  ],
  [
    'edgecore-active',
    'fail',
    'stopped',
    'edgecore.service is inactive (running), result success, 0 restarts',
    node => (node.units.value.edgecore.active = 'inactive'),
  ],
  [
    'edgecore-active',
    'fail',
    'restarted after a crash',
    'EdgeCore exits: no certificates',
    node => {
      node.units.value.edgecore = unit('edgecore.service', { restarts: 3, activeForMs: 2_000 })
      node.edgecoreLog.value.restarts = 3
      node.edgecoreLog.value.previousFatal = {
        code: 'x',
        text: 'no certificates',
        remedy: 'Join the node.',
        line: 'panic: …',
      }
    },
  ],
  [
    'edgecore-active',
    'fail',
    'a loop whose lives are longer than a minute',
    'EdgeCore exits: out of memory',
    looping(90_000, { restarts: 4, previousFatal: exit('out of memory') }),
  ],
  [
    'edgecore-active',
    'pass',
    'one accident, more than a minute ago',
    'active (running) for 90 s, 4 restarts',
    looping(90_000, { restarts: 1, previousFatal: exit('out of memory') }),
  ],
  [
    'edgecore-active',
    'fail',
    'a loop without a reason in the log',
    'EdgeCore starts again and again: up for 20 s, 4 restarts in 10 minutes',
    looping(20_000, { restarts: 4, cloud: 'connected' }),
  ],
  [
    'edgecore-active',
    'pass',
    'a start that has come past the reason of the loop',
    'active (running) for 2 s, 4 restarts',
    looping(2_000, { restarts: 4, hasRecovered: true }),
  ],
  [
    'edgecore-active',
    'warn',
    'restarts that the journal has nothing about',
    'up for 20 s, after 4 restarts by systemd since it was last stopped; the journal has nothing about them',
    looping(20_000, { restarts: undefined }),
  ],
  [
    'edgecore-active',
    'pass',
    'an hour after such restarts',
    'active (running) for 3600 s, 4 restarts',
    looping(3_600_000, { restarts: undefined }),
  ],
  ...(
    [
      [
        'exit-code',
        { code: 1, status: 203 },
        'systemd cannot start the edgecore program (203/EXEC): it is missing, not executable, or for another architecture',
      ],
      ['oom-kill', { code: 2, status: 9 }, 'the kernel killed EdgeCore because memory ran out'],
      ['signal', { code: 2, status: 9 }, 'a signal ended EdgeCore (9/KILL)'],
      [
        'core-dump',
        { code: 3, status: 11 },
        'EdgeCore crashed (11/SEGV), which is a bug in it or bad memory',
      ],
      [
        'exit-code',
        { code: 1, status: 217 },
        'systemd cannot set up the process of the unit (status 217/USER)',
      ],
      [
        'exit-code',
        { code: 1, status: 1 },
        'EdgeCore ended with status 1/FAILURE, and its log has no reason that edgekit recognizes',
      ],
      ['timeout', undefined, 'EdgeCore did not start or stop within the time that the unit allows'],
    ] as const
  ).map(
    ([result, end, words]): Row => [
      'edgecore-active',
      'fail',
      `${result}, and nothing in the journal`,
      `EdgeCore exits: ${words}`,
      node =>
        (node.units.value.edgecore = unit('edgecore.service', {
          active: 'activating',
          sub: 'auto-restart',
          result,
          exit: end,
        })),
    ],
  ),
  [
    'edgecore-log',
    'pass',
    'a log file',
    '/var/log/edgecore.log',
    node => (node.edgecoreLog.value.file = '/var/log/edgecore.log'),
  ],
  [
    'edgecore-log',
    'warn',
    'a log that goes nowhere',
    "EdgeCore's log cannot be read: the unit has StandardError=null",
    node => (node.edgecoreLog.value.unseen = 'the unit has StandardError=null'),
  ],
  [
    'edgecore-at-boot',
    'warn',
    'disabled',
    'edgecore.service is disabled: it will not start at the next boot',
    node => (node.units.value.edgecore.enabled = 'disabled'),
  ],
  [
    'edgecore-at-boot',
    'skip',
    'not in use',
    'EdgeCore is stopped and disabled: not in use on this node',
    node =>
      (node.units.value.edgecore = unit('edgecore.service', { active: 'inactive', enabled: 'disabled' })),
  ],
  [
    'edgecore-order',
    'warn',
    'no After= for the broker',
    'edgecore.service does not wait for mosquitto.service: /etc/systemd/system/edgecore.service.d/10-edgekit.conf is not loaded',
    node => (node.units.value.edgecore.after = ['containerd.service']),
  ],
  [
    'edgecore-order',
    'warn',
    'no Wants= for the broker',
    'edgecore.service does not wait for containerd.service and mosquitto.service: /etc/systemd/system/edgecore.service.d/10-edgekit.conf is not loaded',
    node => (node.units.value.edgecore.wants = []),
  ],
  [
    'edgecore-config-loaded',
    'warn',
    'changed after the start',
    '/etc/kubeedge/config/edgecore.yaml changed at 2026-11-21T09:59:00.000Z, EdgeCore started at 2026-11-21T09:00:00.000Z',
    node => (node.edgecoreConfig.value.modifiedAt = now - 60_000),
  ],
  [
    'edgecore-config-loaded',
    'pass',
    'written by EdgeCore at startup',
    'started after the last change',
    node => (node.edgecoreConfig.value.modifiedAt = now - 3_590_000),
  ],
  [
    'edgecore-health',
    'fail',
    'no answer',
    'http://127.0.0.1:10350/healthz: no answer within 2 s',
    node => (node.edgecoreHealth.value = { failure: 'no answer within 2 s' }),
  ],
  [
    'edgecore-health',
    'fail',
    'an unhealthy answer',
    'http://127.0.0.1:10350/healthz: 500 no',
    node => (node.edgecoreHealth.value = { status: 500, body: 'no' }),
  ],
  [
    'edgecore-health',
    'skip',
    'just started',
    'EdgeCore has just started',
    node => {
      node.edgecoreHealth.value = { failure: 'connection refused' }
      node.units.value.edgecore.activeForMs = 2_000
    },
  ],
  [
    'edgecore-health',
    'skip',
    'started half a minute ago on an emulated processor',
    'EdgeCore has just started',
    node => {
      node.edgecoreHealth.value = { failure: 'connection refused' }
      node.units.value.edgecore.activeForMs = 30_000
      node.machine.value.slowness = 3
    },
  ],
  [
    'edgecore-health',
    'fail',
    'a refused connection a minute after the start',
    'http://127.0.0.1:10350/healthz: connection refused',
    node => {
      node.edgecoreHealth.value = { failure: 'connection refused' }
      node.units.value.edgecore.activeForMs = 60_000
      node.machine.value.slowness = 3
    },
  ],
  [
    'edgecore-health',
    'skip',
    'edged disabled',
    'edged, which serves this endpoint, is disabled',
    node => {
      node.edgecoreHealth.value = { failure: 'refused' }
      config('modules: {edged: {enable: false}}')(node)
    },
  ],
  [
    'edgecore-database',
    'fail',
    'a missing database',
    'EdgeCore is running but /var/lib/kubeedge/edgecore.db is gone',
    node => database(node, undefined),
  ],
  [
    'edgecore-database',
    'skip',
    'a database not created yet',
    '/var/lib/kubeedge/edgecore.db does not exist yet; EdgeCore creates it',
    node => {
      database(node, undefined)
      node.units.value.edgecore.activeForMs = 3_000
    },
  ],
  [
    'edgecore-database',
    'skip',
    'a database created just now',
    '/var/lib/kubeedge/edgecore.db is still empty; EdgeCore creates it',
    node => {
      database(node, 0)
      node.units.value.edgecore.activeForMs = 3_000
    },
  ],
  [
    'edgecore-database',
    'skip',
    'an emulated processor that has not created the database yet',
    '/var/lib/kubeedge/edgecore.db does not exist yet; EdgeCore creates it',
    node => {
      database(node, undefined)
      node.units.value.edgecore.activeForMs = 20_000
      node.machine.value.slowness = 3
    },
  ],
  [
    'edgecore-database',
    'fail',
    'an empty database',
    '/var/lib/kubeedge/edgecore.db is empty',
    node => database(node, 0),
  ],
  [
    'edgecore-database',
    'fail',
    'another file format',
    '/var/lib/kubeedge/edgecore.db is not an SQLite database',
    node => database(node, 4096),
  ],
  [
    'images-evicted',
    'warn',
    'a deleted image',
    ' (1 image since it started)',
    node =>
      node.edgecoreLog.value.warnings.push({
        code: 'image-removed',
        text: '',
        remedy: '',
        line: '',
        times: 1,
      }),
  ],
  [
    'edgecore-cloud',
    'skip',
    'an unreachable cloud',
    'cloud unreachable (no answer); EdgeCore keeps retrying, the node works offline',
    cloudTrouble('cloud-timeout', 'no answer'),
  ],
  [
    'edgecore-cloud',
    'skip',
    'no connection yet',
    'cloud unreachable; EdgeCore keeps retrying, the node works offline',
    node => (node.edgecoreLog.value.cloud = 'reconnecting'),
  ],
  [
    'edgecore-cloud',
    'skip',
    'a cable that is out',
    'cloud unreachable (the cloud does not answer); EdgeCore keeps retrying, the node works offline',
    cloudTrouble('cloud-silent', 'the cloud does not answer', { cloud: 'silent' }),
  ],
  [
    'edgecore-cloud',
    'fail',
    'a node that is not registered',
    'the cloud has no such node',
    cloudTrouble('not-registered', 'the cloud has no such node', { cloud: 'connected', registered: false }),
  ],
  [
    'edgecore-cloud',
    'warn',
    'the wrong port',
    'the port is not that of the websocket',
    cloudTrouble('cloud-websocket-port', 'the port is not that of the websocket'),
  ],
  [
    'edgecore-cloud',
    'fail',
    'a certificate, and no registration',
    'the node has never been registered in the cloud: CloudCore refuses the connection',
    neverRegistered(false, refused),
  ],
  [
    'edgecore-cloud',
    'fail',
    'no registration, and nothing in the log',
    'the node has never been registered in the cloud',
    neverRegistered(false, node => (node.edgecoreLog.value.cloud = 'unknown')),
  ],
  [
    'edgecore-cloud',
    'pass',
    'a log with gaps',
    'connected (the journal dropped lines, so later ones may be missing)',
    node => (node.edgecoreLog.value.hasGaps = true),
  ],
  [
    'edgecore-cloud',
    'pass',
    'a node that is just being registered',
    'connected',
    neverRegistered(false, () => {}),
  ],
  [
    'edgecore-cloud',
    'skip',
    'a database that cannot be read',
    'cloud unreachable (CloudCore refuses the connection); EdgeCore keeps retrying, the node works offline; whether it was ever registered could not be read (it is damaged)',
    neverRegistered(undefined, refused, 'it is damaged'),
  ],
  [
    'edgecore-cloud',
    'skip',
    'no kubelet, so nothing to register',
    'cloud unreachable (CloudCore refuses the connection); EdgeCore keeps retrying, the node works offline',
    node => [config('modules: {edged: {enable: false}}')(node), neverRegistered(false, refused)(node)],
  ],
  [
    'edgecore-cloud',
    'skip',
    'edgeHub disabled',
    'disabled (modules.edgeHub.enable)',
    node => (node.edgecoreLog.value.cloud = 'disabled'),
  ],
]

testRows(rows)
