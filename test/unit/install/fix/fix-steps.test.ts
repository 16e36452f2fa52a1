import { createHash } from 'node:crypto'
import { expect, test } from 'vitest'
import type { Fix } from '../../../../src/checks/check.ts'
import { fixSteps, type Knowledge } from '../../../../src/install/fix/fix-steps.ts'
import { paths } from '../../../../src/node/paths.ts'

const text = 'a unit with docker.io/library/eclipse-mosquitto:2.0\n'
const pause = 'registry.k8s.io/pause:3.8'
const sha256 = createHash('sha256').update(text).digest('hex')
const image = 'docker.io/library/eclipse-mosquitto:2.0'
const item = (id: string, kind: string, spec: unknown) => ({
  id,
  kind,
  spec,
  ownership: 'created' as const,
  before: null,
  after: null,
})

const knowledge: Knowledge = {
  edgecoreBase: 'modules: {}\n',
  texts: { [paths.brokerUnit]: text, [paths.edgecoreDropIn]: text, [paths.brokerConfig]: 'another text\n' },
  receipt: {
    schemaVersion: 1,
    run: 'x',
    edgekit: '0.1.0',
    installedAt: '',
    updatedAt: '',
    bundle: { name: 'kubeedge-edge', kubeedgeVersion: 'v1.22.0', arch: 'amd64', manifestSha256: '' },
    options: {},
    items: [
      item(image, 'image', { reference: image }),
      item(pause, 'image', { reference: pause }),
      item(paths.edgecoreConfig, 'edgecore-config', { path: paths.edgecoreConfig, values: {} }),
      ...[paths.brokerUnit, paths.edgecoreDropIn, paths.brokerConfig].map(path =>
        item(path, 'file', { path, sha256 }),
      ),
    ],
  },
}

const broker = ['unit-running mosquitto.service', 'broker-answers broker answers']

test.each<[Fix, string[]]>([
  [{ kind: 'start', unit: 'mosquitto.service' }, broker],
  [{ kind: 'start', unit: 'containerd.service' }, ['unit-running containerd.service']],
  [
    { kind: 'enable', unit: 'edgecore.service' },
    ['unit-enabled enable edgecore.service', 'daemon-reload daemon-reload (always)'],
  ],
  [{ kind: 'reimport-image', image }, [`image ${image}`, ...broker]],
  [{ kind: 'reimport-image', image: pause }, [`image ${pause}`]],
  [{ kind: 'repin', image }, [`image ${image}`]],
  [{ kind: 'repin', image: 'not/ours:1' }, []],
  [
    { kind: 'patch-event-bus' },
    [`edgecore-config ${paths.edgecoreConfig}`, 'unit-running edgecore.service (always)'],
  ],
  // Without the address of a cloud, EdgeCore would start as a node that has never joined.
  [{ kind: 'restore-edgecore-config' }, []],
  [
    { kind: 'remove-token', paths: [paths.edgecoreConfig, paths.bootstrapToken] },
    [
      `edgecore-config token in ${paths.edgecoreConfig}`,
      'unit-running edgecore.service (always)',
      `file-removed ${paths.bootstrapToken}`,
    ],
  ],
  [{ kind: 'make-private', paths: ['/x.key'] }, ['file-private access of /x.key']],
  [{ kind: 'unmask', unit: 'containerd.service' }, ['unit-unmasked unmask containerd.service']],
  [
    { kind: 'unmask', unit: 'mosquitto.service' },
    [
      'unit-unmasked unmask mosquitto.service',
      `file ${paths.brokerUnit} (always)`,
      'daemon-reload daemon-reload (always)',
      `${broker[0]} (always)`,
      broker[1] as string,
    ],
  ],
  [{ kind: 'daemon-reload' }, ['daemon-reload daemon-reload (always)']],
  [{ kind: 'renew-containerd-uuid' }, ['containerd-uuid containerd UUID']],
  [{ kind: 'clean-stale-container' }, [`${broker[0]} (always)`, broker[1] as string]],
  [
    { kind: 'restore-own-file', path: paths.brokerUnit },
    [
      `file ${paths.brokerUnit} (always)`,
      'daemon-reload daemon-reload (always)',
      `${broker[0]} (always)`,
      broker[1] as string,
    ],
  ],
  [
    { kind: 'restore-own-file', path: paths.edgecoreDropIn },
    [
      `file ${paths.edgecoreDropIn} (always)`,
      'daemon-reload daemon-reload (always)',
      'unit-running edgecore.service (always)',
    ],
  ],
  // This edgekit would write another text than the installed one.
  [{ kind: 'restore-own-file', path: paths.brokerConfig }, []],
  [{ kind: 'restore-own-file', path: '/etc/passwd' }, []],
])('%j', (fix, expected) => {
  const steps = fixSteps(fix, knowledge)
  expect(steps.map(({ kind, id, always }) => `${kind} ${id}${always ? ' (always)' : ''}`)).toEqual(expected)
})

test('restores the installed text', () => {
  const [step] = fixSteps({ kind: 'restore-own-file', path: paths.brokerUnit }, knowledge)
  expect(step?.spec).toMatchObject({ path: paths.brokerUnit, sha256, source: { text } })
})

const configured = (values: object): Knowledge => ({
  ...knowledge,
  receipt: {
    ...knowledge.receipt,
    items: [item(paths.edgecoreConfig, 'edgecore-config', { path: paths.edgecoreConfig, values })],
  },
})
const cloud = { 'modules.edgeHub.httpServer': 'https://192.0.2.1:10002' }

test.each<[string, Knowledge, boolean]>([
  ['a cloud', configured(cloud), true],
  ['no cloud', configured({}), false],
  ['a user of the broker', configured({ ...cloud, 'modules.eventBus.mqttUsername': 'edgecore' }), false],
  ['another text to start from', { ...configured(cloud), edgecoreBase: undefined }, false],
])('a deleted edgecore.yaml of an install with %s', (_, known, isRestored) => {
  const steps = fixSteps({ kind: 'restore-edgecore-config' }, known)
  const spec = { path: paths.edgecoreConfig, values: cloud, base: 'modules: {}\n' }
  expect(steps.map(step => [step.id, step.spec])).toEqual(
    isRestored
      ? [
          [paths.edgecoreConfig, spec],
          ['edgecore.service', { unit: 'edgecore.service', mayFail: true }],
        ]
      : [],
  )
})
