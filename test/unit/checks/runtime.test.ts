import { describe, expect, test } from 'vitest'
import { readEdgecoreConfig } from '../../../src/edgecore/config/config.ts'
import type { CniFacts } from '../../../src/facts/cni.ts'
import type { ImageDamage } from '../../../src/node/containerd/image-damage.ts'
import { image, k3s, layer, nothingLeft } from './changes.ts'
import { cloudMachine, manifest, unit } from './healthy.ts'
import { type Healthy, type Row, resultOf, testRows } from './rows.ts'

const pause = {
  ...manifest.images[0],
  reference: 'registry.k8s.io/pause:3.10',
} as (typeof manifest.images)[0]
const withPause = { ...manifest, images: [...manifest.images, pause] }

const missing = ['bridge', 'loopback'].map(plugin => ({ plugin, problem: 'not in /usr/lib/cni' }))

const cni =
  (changes: Partial<CniFacts>) =>
  (node: Healthy): unknown =>
    Object.assign(node.containerdFiles.value.cni ?? {}, changes)
const damagedImage = (node: Healthy, damage: Partial<ImageDamage>): void => {
  const { reference = '', digest = '' } = manifest.images[0] ?? {}
  node.imageDamage.value.damaged = [{ reference, digest, content: [], snapshots: [], ...damage }]
}
const emptyFiles = (...paths: string[]): ImageDamage['snapshots'][number]['files'] =>
  paths.map(path => ({ path, problem: 'empty' }))

const failedPods =
  (code: string) =>
  (node: Healthy): unknown =>
    (node.edgecoreLog.value.pods = [
      { code, text: 'no', remedy: 'Install.', line: 'E1130 …', times: 3, pods: [{ name: 'default/web' }] },
    ])

const introspection = '/var/lib/containerd/io.containerd.grpc.v1.introspection'

const rows: Row[] = [
  [
    'containerd-answers',
    'fail',
    'containerd down',
    'no response on /run/containerd/containerd.sock; containerd.service is active (running)',
    node => (node.containerd.value.answers = false),
  ],
  [
    'containerd-answers',
    'fail',
    "only k3s's containerd",
    'no response on /run/containerd/containerd.sock; containerd.service is active (running)',
    node => (node.containerd.value.socket = k3s),
  ],
  [
    'containerd-answers',
    'fail',
    'containerd frozen',
    'containerd accepts connections on /run/containerd/containerd.sock but does not respond',
    node => Object.assign(node.containerd.value, { answers: false, silent: true }),
  ],
  [
    'containerd-answers',
    'fail',
    'containerd down for a mistake in its configuration',
    'no response on /run/containerd/containerd.sock; containerd.service is failed (failed) and cannot read its configuration',
    node => {
      node.containerd.value.answers = false
      Object.assign(node.units.value.containerd, { active: 'failed', sub: 'failed' })
      node.containerdFiles.value.problem = 'failed to load TOML: (10, 2): unexpected token'
    },
  ],
  [
    'containerd-config',
    'fail',
    'a mistake in the configuration',
    'failed to load TOML: (10, 2): unexpected token',
    node => (node.containerdFiles.value.problem = 'failed to load TOML: (10, 2): unexpected token'),
  ],
  ['containerd-config', 'pass', 'a valid configuration', '/etc/containerd/config.toml', () => undefined],
  ...(
    [
      ['1.4.13~ds1', 'fail'],
      ['1.5.9', 'fail'],
      ['1.6.20~ds1', 'pass'],
      ['v1.7.28-k3s1', 'pass'],
      ['2.1.5', 'pass'],
      ['unknown', 'fail'],
    ] as const
  ).map(
    ([version, status]): Row => [
      'containerd-version',
      status,
      version,
      status === 'pass' ? version : `containerd ${version}`,
      node => (node.containerd.value.version = version),
    ],
  ),
  [
    'ctr-flags',
    'fail',
    'no import --platform',
    'unsupported: ctr images import --platform',
    node => (node.ctr.value.import = ['all-platforms']),
  ],
  [
    'ctr-flags',
    'fail',
    'no run --cap-drop',
    'unsupported: ctr run --cap-drop',
    node => node.ctr.value.run.splice(5, 1),
  ],
  [
    'runc-runs',
    'fail',
    'no runc',
    'runc: not found on this machine',
    node => (node.runc.value = { failure: 'runc: not found on this machine' }),
  ],
  [
    'runc-runs',
    'warn',
    'a slow machine',
    'runc --version: no answer within 10 s',
    node => (node.runc.value = { slowMs: 10_000 }),
  ],
  [
    'containerd-restart',
    'fail',
    'KillMode=control-group',
    'containerd.service has KillMode=control-group',
    node => (node.units.value.containerd.killMode = 'control-group'),
  ],
  [
    'containerd-restart',
    'skip',
    'no unit',
    'containerd.service does not exist',
    node => (node.units.value.containerd = unit('containerd.service', { load: 'not-found' })),
  ],
  [
    'containerd-at-boot',
    'warn',
    'disabled',
    'containerd.service is disabled',
    node => (node.units.value.containerd.enabled = 'disabled'),
  ],
  [
    'one-containerd',
    'warn',
    'a second containerd',
    'another containerd responds on /run/k3s/containerd/containerd.sock',
    node => (node.containerdFiles.value.otherSockets = [k3s]),
  ],
  [
    'cri-plugin',
    'fail',
    'no CRI plugin',
    'the CRI plugin is not loaded',
    node => node.containerd.value.plugins.pop(),
  ],
  [
    'cri-plugin',
    'fail',
    'a CRI plugin that did not load',
    'the CRI plugin failed to load (error)',
    node =>
      (node.containerd.value.plugins = [
        { type: 'io.containerd.grpc.v1', id: 'cri', status: 'error', root: '' },
      ]),
  ],
  [
    'cgroup-driver',
    'fail',
    'systemd only in containerd',
    'containerd uses systemd, EdgeCore cgroupfs',
    node => (node.containerdFiles.value.config.systemdCgroup = true),
  ],
  [
    'cgroup-driver',
    'pass',
    'systemd in both',
    'systemd',
    node => {
      node.containerdFiles.value.config.systemdCgroup = true
      node.edgecoreConfig.value.config = readEdgecoreConfig(
        'modules: {edged: {tailoredKubeletConfig: {cgroupDriver: systemd}}}\n',
      )
    },
  ],
  [
    'cgroup-driver',
    'skip',
    'no edgecore.yaml',
    'edgecore.yaml does not exist yet',
    node => (node.edgecoreConfig.value.config = undefined),
  ],
  [
    'sandbox-image',
    'fail',
    'a missing image',
    'registry.k8s.io/pause:3.6 is neither in containerd nor in the bundle',
    node => node.containerd.value.images.pop(),
  ],
  [
    'sandbox-image',
    'fail',
    'another image configured',
    'registry.k8s.io/pause:3.9 is neither in containerd nor in the bundle',
    node => (node.containerdFiles.value.config.sandboxImage = 'registry.k8s.io/pause:3.9'),
  ],
  [
    'sandbox-image',
    'pass',
    'in the bundle',
    'registry.k8s.io/pause:3.10, in the bundle',
    node => {
      node.containerdFiles.value.config.sandboxImage = 'registry.k8s.io/pause:3.10'
      node.bundle.value = withPause
    },
  ],
  [
    'sandbox-image',
    'warn',
    'not pinned',
    'registry.k8s.io/pause:3.6 is not pinned',
    node => Object.assign(node.containerd.value.images[1] ?? {}, { pinned: false }),
  ],
  [
    'cni-config',
    'warn',
    'no configuration',
    'no CNI configuration in /etc/cni/net.d',
    node => (node.containerdFiles.value.cni = undefined),
  ],
  [
    'cni-config',
    'fail',
    'no configuration, and a pod that failed for it',
    'no CNI configuration in /etc/cni/net.d',
    node => {
      node.containerdFiles.value.cni = undefined
      failedPods('cni-config-missing')(node)
    },
  ],
  [
    'cni-config',
    'warn',
    'a damaged configuration',
    '/etc/cni/net.d/10-edge.conflist is not a CNI configuration',
    cni({ problem: 'not a CNI configuration', plugins: [] }),
  ],
  [
    'cni-config',
    'warn',
    'missing plugins, which pods with host networking do not need',
    'CNI plugins that 10-edge.conflist needs cannot run: bridge, loopback',
    cni({ unusable: missing }),
  ],
  [
    'cni-config',
    'warn',
    'a missing plugin, as evidence',
    'bridge: not in /usr/lib/cni',
    cni({ unusable: missing }),
  ],
  [
    'cni-config',
    'fail',
    'missing plugins and a pod that failed for it',
    'CNI plugins that 10-edge.conflist needs cannot run: bridge, loopback',
    node => {
      cni({ unusable: missing })(node)
      failedPods('cni-plugin-missing')(node)
    },
  ],
  [
    'cni-config',
    'pass',
    'all plugins',
    '/etc/cni/net.d/10-edge.conflist: bridge, host-local, loopback',
    () => undefined,
  ],
  [
    'bundle-images',
    'skip',
    'no bundle installed',
    'no bundle is installed',
    node => (node.bundle.value = undefined),
  ],
  [
    'bundle-images',
    'pass',
    'a bundle with only the broker image',
    'only the broker image',
    node => (node.containerd.value.images = []),
  ],
  [
    'bundle-images',
    'fail',
    'no pause image',
    '1 of 1 images differ from the bundle',
    node => (node.bundle.value = withPause),
  ],
  ['containerd-uuid', 'pass', 'no damage', 'containerd can read it', () => undefined],
  ...(
    [
      ['1.6.9', 'warn'],
      ['1.6.20~ds1', 'warn'],
      ['1.6.28', 'warn'],
      ['1.6.29', 'fail'],
      ['v1.6.34', 'fail'],
      ['1.7.12', 'warn'],
      ['1.7.2', 'warn'],
      ['1.7.14', 'fail'],
      ['1.7.24~ds1', 'fail'],
      ['2.1.4', 'fail'],
    ] as const
  ).map(
    ([version, status]): Row => [
      'containerd-uuid',
      status,
      `a damaged one of containerd ${version}`,
      `${introspection}/uuid is not a UUID`,
      node => {
        node.containerd.value.version = version
        Object.assign(node.containerdFiles.value, {
          damagedUuid: { path: `${introspection}/uuid`, problem: 'not a UUID' },
        })
      },
    ],
  ),
  ['image-content', 'pass', 'whole images', 'every file of 1 images is as in its layer', () => undefined],
  [
    'bundle-images',
    'pass',
    'a sandbox image that is not pinned, of which sandbox-image warns',
    '1 images, complete, unpacked, pinned',
    node => {
      node.bundle.value = { ...manifest, images: [{ ...pause, reference: 'registry.k8s.io/pause:3.6' }] }
      Object.assign(node.containerd.value.images[1] ?? {}, { pinned: false })
    },
  ],
  [
    'image-content',
    'fail',
    'an empty file',
    'docker.io/library/eclipse-mosquitto:2.0: /usr/sbin/mosquitto is empty',
    node =>
      damagedImage(node, { snapshots: [{ name: 'sha256:1', files: emptyFiles('/usr/sbin/mosquitto') }] }),
  ],
  [
    'image-content',
    'fail',
    'many empty files',
    'docker.io/library/eclipse-mosquitto:2.0: and 2 more files',
    node =>
      damagedImage(node, {
        snapshots: [{ name: 'sha256:1', files: emptyFiles('/a', '/b', '/c', '/d', '/e') }],
      }),
  ],
  [
    'image-content',
    'fail',
    'a lost layer',
    `docker.io/library/eclipse-mosquitto:2.0: ${layer.digest} is missing or damaged`,
    node => damagedImage(node, { content: [layer.digest] }),
  ],
  ['image-content', 'skip', 'no bundle', 'no bundle is installed', node => (node.bundle.value = undefined)],
  [
    'orphan-broker',
    'fail',
    'a stopped unit',
    'the container mosquitto runs (pid 100), but mosquitto.service is inactive',
    node => (node.units.value.broker.active = 'inactive'),
  ],
  [
    'orphan-broker',
    'pass',
    'a starting unit',
    'none',
    node => (node.units.value.broker.active = 'activating'),
  ],
  [
    'stale-container',
    'fail',
    'a container without a task',
    'a container and a snapshot named mosquitto but no running broker',
    node => {
      node.units.value.broker.active = 'failed'
      node.containerd.value.tasks = []
    },
  ],
  [
    'stale-container',
    'fail',
    'only a snapshot',
    'a snapshot named mosquitto but no running broker',
    node => {
      node.units.value.broker.active = 'inactive'
      node.containerd.value.tasks = []
      node.containerd.value.containers = []
    },
  ],
  [
    'stale-container',
    'pass',
    'nothing left',
    'none',
    node => {
      nothingLeft(node)
      node.units.value.broker.active = 'inactive'
    },
  ],
  [
    'stale-container',
    'pass',
    'a starting unit',
    'none',
    node => {
      node.units.value.broker.active = 'activating'
      node.containerd.value.tasks = []
    },
  ],
]

const cloudRows: Row[] = [
  [
    'containerd-answers',
    'pass',
    "only k3s's containerd",
    'containerd 1.6.20 on /run/k3s/containerd/containerd.sock',
    node => (node.containerd.value.socket = k3s),
  ],
  [
    'containerd-answers',
    'fail',
    'containerd down',
    'no response on /run/containerd/containerd.sock',
    node => (node.containerd.value.answers = false),
  ],
  [
    'bundle-images',
    'fail',
    'a missing image',
    '1 of 1 images differ from the bundle',
    node => (node.containerd.value.images = []),
  ],
  [
    'bundle-images',
    'fail',
    'another digest',
    '1 of 1 images differ from the bundle',
    node => Object.assign(image(node) ?? {}, { digest: `sha256:${'b'.repeat(64)}` }),
  ],
  [
    'bundle-images',
    'fail',
    'incomplete',
    '1 of 1 images differ from the bundle',
    node => Object.assign(image(node) ?? {}, { complete: false }),
  ],
  [
    'bundle-images',
    'fail',
    'not unpacked',
    '1 of 1 images differ from the bundle',
    node => Object.assign(image(node) ?? {}, { unpacked: false }),
  ],
  [
    'bundle-images',
    'warn',
    'not pinned',
    'not pinned: docker.io/library/eclipse-mosquitto:2.0',
    node => Object.assign(image(node) ?? {}, { pinned: false }),
  ],
  [
    'bundle-images',
    'skip',
    'no containerd',
    'depends on containerd-answers',
    node => (node.containerd.value.answers = false),
  ],
]

testRows(rows)

describe('the remedy for missing CNI plugins', () => {
  test.each([
    ['Debian', ['/usr/lib/cni'], undefined, 'apt-get install containernetworking-plugins'],
    ['upstream', ['/opt/cni/bin'], undefined, 'ls -l /opt/cni/bin'],
    [
      'plugins in another directory',
      ['/usr/lib/cni'],
      '/opt/cni/bin',
      'mkdir -p /usr/lib/cni && cp -a /opt/cni/bin/. /usr/lib/cni/',
    ],
  ])('%s', (_, plugins, elsewhere, command) => {
    const result = resultOf('cni-config', node => {
      node.containerdFiles.value.config.cni.plugins = plugins
      cni({ unusable: missing, ...(elsewhere && { elsewhere }) })(node)
    })
    expect(result?.remedy?.commands).toEqual([command])
  })
})

describe('on a cloud machine', () => testRows(cloudRows, cloudMachine))
