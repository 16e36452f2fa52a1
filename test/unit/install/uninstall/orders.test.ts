import { createHash } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { parse, stringify } from 'yaml'
import { readBrokerUsers } from '../../../../src/actions/services/broker-users.ts'
import { issueServerCertificate } from '../../../../src/broker/access/certificates.ts'
import { withUsers } from '../../../../src/broker/access/password-file.ts'
import { withRole } from '../../../../src/broker/access/roles.ts'
import type { BrokerSettings } from '../../../../src/broker/profile/broker-settings.ts'
import { accessFile, accessSteps } from '../../../../src/install/desired/access-files.ts'
import { brokerAccess } from '../../../../src/install/desired/broker-access.ts'
import { readCertificates } from '../../../../src/install/desired/broker-certificates.ts'
import { markEdited } from '../../../../src/install/desired/mark-edited.ts'
import { preserveUserConfig } from '../../../../src/install/desired/preserve-user-config.ts'
import type { DesiredStep } from '../../../../src/install/desired/step-makers.ts'
import { openPast } from '../../../../src/install/record/run.ts'
import { uninstall } from '../../../../src/install/uninstall/uninstall.ts'
import { localNode } from '../../../../src/node/node.ts'
import { paths } from '../../../../src/node/paths.ts'
import { type TinyNode, tinyNode } from '../../actions/tiny-node.ts'
import { perform, runStep } from '../engine.ts'

const root = { uid: 0, gid: 0 }
const file = (path: string, text: string): DesiredStep => ({
  id: path,
  kind: 'file',
  spec: {
    path,
    source: { text },
    sha256: createHash('sha256').update(text).digest('hex'),
    ours: path.startsWith('/opt/edgekit'),
    mode: 0o644,
    ...root,
  },
})
const folder = (path: string, shared?: true): DesiredStep => ({
  id: path,
  kind: 'directory',
  spec: { path, ours: path.includes('/edgekit'), mode: 0o755, ...root, ...(shared && { shared }) },
})

/** One file of each kind that a user can edit, as a bundle installs them. */
const bundle = (version: number): DesiredStep[] => [
  folder('/etc/edgekit'),
  folder('/etc/edgekit/mosquitto'),
  file(paths.brokerConfig, `# broker ${version}\n`),
  file(paths.brokerUnit, `# unit ${version}\n`),
  file(paths.containerdConfig, `# containerd ${version}\n`),
  file(paths.edgecore, `program ${version}`),
  folder('/etc/kubeedge/config', true),
  {
    id: paths.edgecoreConfig,
    kind: 'edgecore-config',
    spec: {
      path: paths.edgecoreConfig,
      base: '# shipped\nmodules:\n  edgeHub:\n    token: a.b.c.d\n  eventBus:\n    mqttMode: 0\n',
      values: { 'modules.eventBus.mqttMode': 2, 'modules.eventBus.eventBusQOS': version },
      initial: {},
    },
  },
  folder('/etc/systemd/system/edgecore.service.d'),
  file(paths.edgecoreDropIn, `# drop-in ${version}\n`),
]

/** Where edgekit refuses to replace an edited file without `--force`. */
const forced = [paths.brokerUnit, paths.edgecore, paths.edgecoreDropIn]

/** The version of EdgeCore whose program is on the node. */
const edgecoreVersion = async (node: TinyNode): Promise<string> =>
  (await node.files.read(paths.edgecore))?.match(/program (\d)/)?.[1] ?? ''

const defaultsOf = (version: string) => ({
  apiVersion: 'edgecore.config.kubeedge.io/v1alpha2',
  modules: {
    deviceTwin: { dmiSockPath: version === '1' ? '/etc/kubeedge/dmi.sock' : '/etc/kubeedge/' },
    edgeHub: { heartbeat: 15, quic: { enable: false, server: '192.0.2.7:10001' }, token: '' },
    eventBus: { mqttMode: 2, mqttQOS: 0 },
  },
})

type Section = Record<string, unknown>
const isSection = (value: unknown): value is Section =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
const merge = (base: Section, over: Section): Section => ({
  ...base,
  ...Object.fromEntries(
    Object.entries(over).map(([key, value]) => {
      const below = base[key]
      return [key, isSection(below) && isSection(value) ? merge(below, value) : value]
    }),
  ),
})

/** As EdgeCore v1.21 and later rewrites the file of another version, and empties the token when it has joined. */
async function start(node: TinyNode): Promise<void> {
  const text = await node.files.read(paths.edgecoreConfig)
  const version = await edgecoreVersion(node)
  if (text === undefined || version === '') return
  const config = merge(defaultsOf(version), parse(text) as Section)
  if (config['edgecoreVersion'] === version) return
  const joined = merge(config, { edgecoreVersion: version, modules: { edgeHub: { token: '' } } })
  await node.put(paths.edgecoreConfig, stringify(joined, { sortMapEntries: true }), 0o640)
}

const devices: BrokerSettings = {
  profile: 'devices',
  addresses: ['192.0.2.7'],
  names: [],
  websockets: false,
}
const isConfigured = async ({ files }: TinyNode): Promise<boolean> =>
  (await files.status(paths.brokerPasswords)) !== undefined

/** What the profile of the node requires, as of an install and of `broker configure`. */
async function profileSteps(node: TinyNode, broker: BrokerSettings): Promise<DesiredStep[]> {
  const { files, config } = await brokerAccess(
    { broker, set: {} },
    { broker: { image: 'mosquitto:2.0' } },
    node,
  )
  return [...files, config]
}

/** Changes a part of the node, as `broker configure`, `broker tls`, and `doctor --fix` do. */
async function changePart(node: TinyNode, steps: readonly DesiredStep[]): Promise<void> {
  const { receipt } = await openPast(node)
  await perform(node, steps, {
    policy: { adopt: false, force: [paths.brokerConfig] },
    desired: await markEdited(steps, { history: undefined, receipt }, node),
    isPartial: true,
    ...(receipt && { previous: receipt, head: receipt }),
  })
}

/** `broker configure --force`: without it, an edited mosquitto.conf is refused. */
const configure = async (node: TinyNode): Promise<void> => changePart(node, await profileSteps(node, devices))

/** `broker user add` and `broker acl add`, which need the profile `devices`. */
async function addUser(node: TinyNode): Promise<void> {
  if (!(await isConfigured(node))) return
  const { users, acl } = await readBrokerUsers(node.files)
  const source = {
    users: withUsers(users, [{ name: 'sensor', hash: 'hash' }]),
    acl: withRole(acl, 'sensor', 'device'),
  }
  await changePart(node, [{ id: 'broker users', kind: 'change-broker-users', spec: { source } }])
}

/** `broker tls renew`, which needs the profile `devices`. */
async function renew(node: TinyNode): Promise<void> {
  const { own } = await readCertificates(node.files)
  if (own === undefined) return
  const issued = await issueServerCertificate(own, ['192.0.2.7'], new Date())
  const texts = [
    accessFile(paths.brokerKey, issued.key),
    accessFile(paths.brokerCertificate, issued.certificate),
  ]
  await changePart(node, accessSteps(texts))
}

/** Afterwards EdgeCore starts, as the second version always does, and the first one where `starts` says so. */
async function install(node: TinyNode, version: number, isUpgrade: boolean, starts = isUpgrade) {
  const { interrupted, receipt } = await openPast(node)
  const past = { history: interrupted?.history, receipt }
  const context = { isUpgrade, explicitlySet: [], force: forced }
  const access = (await isConfigured(node)) ? await profileSteps(node, devices) : []
  const names = new Set(access.map(({ id }) => id))
  const wanted = [...bundle(version).filter(({ id }) => !names.has(id)), ...access]
  const marked = await markEdited(wanted, past, node)
  const { steps } = await preserveUserConfig(marked, receipt, context, node)
  const prove = async () => (starts ? start(node) : undefined)
  await perform(node, steps, { policy: { adopt: false, force: forced }, prove })
}

/** As `doctor --fix` points EventBus at the broker again. */
async function fix(node: TinyNode): Promise<void> {
  const { receipt } = await openPast(node)
  const steps = (receipt?.items ?? [])
    .filter(({ kind }) => kind === 'edgecore-config')
    .map(({ id, kind, spec }) => ({ id, kind, spec, title: id }) as never)
  await perform(node, [], {
    plan: { undo: [], steps, foreign: [], kept: [] },
    desired: [],
    isPartial: true,
    ...(receipt && { previous: receipt, head: receipt }),
  })
}

const appended = [
  paths.brokerConfig,
  paths.brokerUnit,
  paths.containerdConfig,
  paths.edgecore,
  paths.edgecoreDropIn,
]
const added = [`${paths.brokerConfD}/mine.conf`, '/etc/systemd/system/edgecore.service.d/mine.conf']

/** The user changes every file and adds some; `# mine` is in each of them afterwards. */
async function edit(node: TinyNode): Promise<void> {
  for (const path of appended) await node.put(path, `${(await node.files.read(path)) ?? ''}# mine\n`)
  for (const path of added) await node.put(path, '# mine\n')
  const config = (await node.files.read(paths.edgecoreConfig)) ?? ''
  const mine = config.includes('heartbeat:')
    ? config.replace(/heartbeat: .*/, 'heartbeat: 33 # mine')
    : config.replace('edgeHub:\n', 'edgeHub:\n    heartbeat: 33 # mine\n')
  await node.put(paths.edgecoreConfig, mine.replace(/mqttMode: .*/, 'mqttMode: 0'))
}

const operations = {
  edit,
  install: (node: TinyNode) => install(node, 1, false),
  upgrade: (node: TinyNode) => install(node, 2, true),
  start,
  fix,
  configure,
  'add a user': addUser,
  'renew certificates': renew,
}
type Operation = keyof typeof operations

const names = Object.keys(operations) as Operation[]
const orders = (length: number, of = names): Operation[][] =>
  length === 0 ? [[]] : orders(length - 1, of).flatMap(order => of.map(name => [...order, name]))
/** All of up to two operations, and every edit between two others, without those of the broker alone. */
const allOrders = [
  ...[0, 1, 2].flatMap(length => orders(length)),
  ...orders(3, ['edit', 'install', 'upgrade', 'start', 'fix']).filter(order =>
    order.every((name, at) => (name === 'edit') === (at === 1)),
  ),
]

const uninstallOn = (node: TinyNode, purge: boolean) =>
  uninstall({ node, purge, edgekitVersion: '0', runStep, signal: new AbortController().signal })

async function machine(): Promise<TinyNode> {
  const node = await tinyNode()
  node.machine = () => localNode().machine()
  node.network.addresses = () => ['192.0.2.7']
  node.processes.run = async (file, args) => {
    expect([file, ...args]).toEqual([paths.edgecore, '--defaultconfig'])
    return { exitCode: 0, stdout: stringify(defaultsOf(await edgecoreVersion(node))), stderr: '' }
  }
  for (const path of ['/etc/systemd/system', '/etc/containerd', '/usr/local/bin', '/var/lib'])
    await node.put(`${path}/other`, '')
  return node
}

const isMine = async (node: TinyNode, path: string): Promise<boolean> =>
  /# mine|heartbeat: 33/.test((await node.files.read(path)) ?? '')

describe('what a user has edited', () => {
  test.each(
    allOrders.filter(order => order.includes('edit')).map(order => [order.join(', '), order] as const),
  )('stays after install, %s, and is listed', async (_, order) => {
    const node = await machine()
    await operations.install(node)
    for (const name of order) await operations[name](node)
    const { kept, continues } = await uninstallOn(node, false)
    const listed = kept.map(({ what }) => what)
    const places = [...appended, ...added, paths.edgecoreConfig].map(path => [path, `${path}.edgekit-old`])
    for (const candidates of places) {
      const mine = await Promise.all(candidates.map(path => isMine(node, path)))
      const found = candidates.filter((_, index) => mine[index])
      expect(found, candidates[0]).not.toEqual([])
      for (const path of found)
        expect(
          listed.some(what => path === what || path.startsWith(`${what}/`)),
          path,
        ).toBe(true)
    }
    expect(await node.files.read(paths.edgecoreConfig)).toContain('heartbeat: 33')
    expect(continues).toBe(false)
  })

  test.each(
    allOrders.filter(order => !order.includes('edit')).map(order => [order.join(', '), order] as const),
  )('is nothing after install, %s, but what devices know', async (_, order) => {
    const node = await machine()
    const untouched = await node.disk()
    await operations.install(node)
    for (const name of order) await operations[name](node)
    const wasConfigured = await isConfigured(node)
    const { kept } = await uninstallOn(node, false)
    const left = Object.entries(await node.disk()).filter(([path, what]) => untouched[path] !== what)
    const files = left.filter(([, what]) => !what.startsWith('directory')).map(([path]) => path)
    // Devices know the passwords and trust the certificates.
    const ofDevices = files.filter(path => path !== paths.leftovers && !path.startsWith('/var/lib/edgekit'))
    expect(kept.map(({ what }) => what)).toEqual(expect.arrayContaining(ofDevices))
    expect(ofDevices.includes(paths.brokerPasswords)).toBe(wasConfigured)
    expect(ofDevices.every(path => path.startsWith('/etc/edgekit/'))).toBe(true)
    if (!wasConfigured) expect(await node.disk()).toEqual(untouched)
  })

  test.each([[['edit']], [['edit', 'install']], [['install', 'edit', 'upgrade']]] as const)(
    'in an edgecore.yaml from before edgekit stays, %j',
    async order => {
      const node = await machine()
      await node.put(
        paths.edgecoreConfig,
        'modules:\n  edgeHub:\n    heartbeat: 20\n  eventBus:\n    mqttMode: 1\n',
      )
      await operations.install(node)
      for (const name of order) await operations[name](node)
      await uninstallOn(node, false)
      const left = await node.files.read(paths.edgecoreConfig)
      expect(left).toContain('heartbeat: 33')
      expect(left).not.toContain('eventBusQOS')
    },
  )

  test('is found by a later purge, and so is what the first uninstall kept', async () => {
    const node = await machine()
    await operations.install(node)
    await node.put(`${paths.brokerData}/mosquitto.db`, 'data')
    await node.put(`${paths.trustedKeys}/mine.pem`, 'key')
    await edit(node)
    await operations.install(node)
    const { kept } = await uninstallOn(node, false)
    const purgeable = kept.filter(({ purgeable }) => purgeable).map(({ what }) => what)
    expect(purgeable).toContain(paths.edgecoreConfig)
    expect((await uninstallOn(node, false)).kept.map(({ what }) => what)).toEqual(
      expect.arrayContaining(purgeable),
    )
    const { purged, bundle } = await uninstallOn(node, true)
    expect(bundle).toBeUndefined()
    expect(purged).toContain(paths.edgecoreConfig)
    for (const path of [paths.edgecoreConfig, paths.leftovers])
      expect(await node.files.status(path), path).toBeUndefined()
    expect(await node.files.list('/etc/edgekit')).toEqual(['trusted-keys'])
  })
})

test('the file from before edgekit stays beside an edited one', async () => {
  const node = await machine()
  await node.put(paths.brokerUnit, '# theirs\n')
  await operations.install(node)
  await edit(node)
  await operations.install(node)
  await edit(node)
  const { kept } = await uninstallOn(node, false)
  const old = [`${paths.brokerUnit}.edgekit-old`, `${paths.brokerUnit}.edgekit-old.2`]
  const texts = await Promise.all(old.map(path => node.files.read(path)))
  expect(texts).toEqual(['# unit 1\n# mine\n', '# theirs\n'])
  expect(kept.map(({ what }) => what)).toEqual(expect.arrayContaining([paths.brokerUnit, ...old]))
})
