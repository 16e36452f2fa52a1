import { X509Certificate } from 'node:crypto'
import { mkdir, mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { writeCertificates } from '../../../../lab/machine/certificates.ts'
import { edgecoreBase } from '../../../../src/bundle/payload.ts'
import type { ConfigValue } from '../../../../src/edgecore/config/config.ts'
import { cloudValues } from '../../../../src/edgecore/config/node-values.ts'
import type { DesiredStep } from '../../../../src/install/desired/step-makers.ts'
import { hashOfCertificate } from '../../../../src/install/join/ask-cloud.ts'
import { joinSteps } from '../../../../src/install/join/join-steps.ts'
import type { Change } from '../../../../src/install/record/journal.ts'
import type { NodeSettings } from '../../../../src/install/request/node-settings.ts'
import { readAsset } from '../../../../src/lib/assets.ts'
import { exitCodes } from '../../../../src/lib/exit-codes.ts'
import { Secret } from '../../../../src/lib/secret.ts'
import { paths, units } from '../../../../src/node/paths.ts'
import { tinyNode } from '../../actions/tiny-node.ts'

const at = {
  ca: '/etc/kubeedge/ca/rootCA.crt',
  cert: '/etc/kubeedge/certs/server.crt',
  key: '/etc/kubeedge/certs/server.key',
}
type Cloud = 'a' | 'b' | 'expired'
const clouds: Record<string, Record<keyof typeof at, string>> = {}
let directory: string

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'edgekit-join-'))
  for (const cloud of ['a', 'b', 'expired']) {
    const root = join(directory, cloud)
    await mkdir(root)
    await writeCertificates(root, 'edge-1', cloud === 'expired' ? -1 : 365)
    const [ca, cert, key] = await Promise.all(
      Object.values(at).map(path => readFile(join(root, path), 'utf8')),
    )
    clouds[cloud] = { ca: ca ?? '', cert: cert ?? '', key: key ?? '' }
  }
})
afterAll(() => rm(directory, { recursive: true }))

const future = 'eyJleHAiOjQxMDI0NDQ4MDB9' // 2100
const past = 'eyJleHAiOjE1Nzc4MzY4MDB9' // 2020
const tokenOf = (cloud: Cloud, expires = future): string =>
  `${hashOfCertificate(clouds[cloud]?.ca ?? '')}.eyJhbGciOiJIUzI1NiJ9.${expires}.c2ln`

interface Situation {
  /** The certificates on the node. */
  has?: Cloud
  /** Which of them are missing. */
  without?: (keyof typeof at)[]
  /** edgecore.yaml on the node, or the bundle's. */
  config?: string
  settings?: Partial<NodeSettings>
  set?: Record<string, ConfigValue>
  version?: string
  token?: Cloud
  /** In edgecore.yaml. */
  oldToken?: [Cloud, expires?: string]
  bootstrap?: Cloud
  /** The cloud in reach: its CA, and whether it has a node of this name. */
  cloud?: { ca: Cloud; node?: boolean; status?: number }
  force?: string[]
  /** The state of an interrupted move to another cloud. */
  begun?: Change['state']
  /** The name for which an interrupted install found no other node in the cloud. */
  claimed?: string
}

const cloudcore = '192.0.2.10:10000'
const asideSpec = { unit: units.edgecore, files: Object.values(at), suffix: '.20260101T000000Z' }

async function stepsIn(situation: Situation) {
  const { has, without = [], config, set = {}, version = 'v1.22.0', token, oldToken, bootstrap } = situation
  const node = await tinyNode()
  for (const part of ['ca', 'cert', 'key'] as const)
    if (has && !without.includes(part)) await node.put(at[part], clouds[has]?.[part] ?? '')
  if (config !== undefined) await node.put(paths.edgecoreConfig, config)
  if (bootstrap) await node.put(paths.bootstrapToken, tokenOf(bootstrap))
  const { cloud } = situation
  node.network.getUnverified = async url => {
    if (!cloud) throw new Error('connection refused')
    expect(url).toMatch(/^https:\/\/192\.0\.2\.10:10002\/(ca\.crt|node\/edge-[12])$/)
    if (url.endsWith('/ca.crt'))
      return { status: 200, body: new X509Certificate(clouds[cloud.ca]?.ca ?? '').raw }
    return { status: cloud.status ?? (cloud.node ? 200 : 404), body: Buffer.alloc(0) }
  }
  const settings: NodeSettings = {
    set: {},
    edgecore: true,
    stage: false,
    adopt: false,
    ...situation.settings,
  }
  const values = {
    'modules.edged.hostnameOverride': settings.nodeName ?? 'edge-1',
    ...(settings.cloudcore && cloudValues({ host: '192.0.2.10', port: 10000 }, { quic: false })),
    ...(oldToken && { 'modules.edgeHub.token': tokenOf(...oldToken) }),
    ...set,
  }
  const steps: DesiredStep[] = [
    {
      id: 'config',
      kind: 'edgecore-config',
      spec: { path: paths.edgecoreConfig, base: readAsset(edgecoreBase.template), values, initial: {} },
    },
    {
      id: units.edgecore,
      kind: 'unit-running',
      spec: { unit: units.edgecore, mayFail: true },
      because: ['config'],
    },
  ]
  const change = {
    change: 1,
    id: 'certificates of the previous cloud',
    kind: 'certificates-aside',
    before: {},
    touched: 0,
    done: 1,
    after: null,
  }
  const changes = situation.begun ? [{ ...change, spec: asideSpec, state: situation.begun }] : []
  const begin = { command: 'install', edgekit: '1.0.0', bundle: null, time: '2026-01-01T00:00:00Z' }
  const claim = `${situation.claimed} https://192.0.2.10:10002`
  const begins = situation.claimed ? [{ ...begin, options: { claim } }] : []
  const history = situation.begun || situation.claimed ? { run: 'r', begins, changes } : undefined
  return joinSteps(
    steps,
    {
      settings,
      version,
      hostName: 'edge-1',
      token: token && new Secret(tokenOf(token), 'token'),
      force: situation.force ?? [],
    },
    { history, receipt: undefined },
    node,
  )
}

const joining = { cloudcore }
const elsewhere = 'modules:\n  edgeHub:\n    httpServer: https://192.0.2.9:10002\n'
const renamed = {
  settings: { cloudcore, nodeName: 'edge-2' },
  set: { 'modules.edged.hostnameOverride': 'edge-2' },
}
const rejoining = { cloudcore, rejoin: true }

describe('an install is refused', () => {
  test.each<[string, Situation, RegExp, RegExp]>([
    [
      'without cloud and token',
      {},
      /no certificate, and neither cloud nor token were given/,
      /--cloudcore HOST:10000 --token-file FILE\n.*--stage.*--no-edgecore/,
    ],
    ['with a token and no cloud', { token: 'a' }, /no cloud was given/, /--cloudcore HOST:10000/],
    ['with a name and no cloud', { settings: { nodeName: 'edge-7' } }, /neither cloud nor token/, /./],
    [
      'with a cloud and no token',
      { settings: joining },
      /cannot join .*https:\/\/192\.0\.2\.10:10002: it has no certificate, and no token was given/,
      /keadm gettoken\n.*--token-file FILE/,
    ],
    [
      'with a cloud set by key and no token',
      { set: { 'modules.edgeHub.httpServer': 'https://192.0.2.10:10002' } },
      /no token was given/,
      /./,
    ],
    [
      'without the key of its certificate',
      { has: 'a', without: ['key'], settings: joining },
      /the key of .*server\.crt is missing, and no token/,
      /./,
    ],
    [
      'with the certificate of another name',
      {
        has: 'a',
        settings: { nodeName: 'edge-2' },
        set: { 'modules.edgeHub.httpServer': 'https://192.0.2.10:10002' },
      },
      /its certificate is for node edge-1, not edge-2, and no token/,
      /./,
    ],
    [
      'with an expired token in edgecore.yaml',
      { settings: joining, oldToken: ['a', past] },
      /the token in .*edgecore\.yaml expired at 2020/,
      /keadm gettoken/,
    ],
    [
      'with half a token in edgecore.yaml',
      { settings: joining, set: { 'modules.edgeHub.token': 'a.b' } },
      /the token in .* has 2 parts, not 4/,
      /keadm gettoken/,
    ],
    [
      'with a token that EdgeCore would not use',
      { settings: joining, token: 'a', bootstrap: 'b' },
      /EdgeCore would use the one in .*bootstrap-edgecore\.conf/,
      /rm \/etc\/kubeedge\/bootstrap-edgecore\.conf/,
    ],
    [
      'with the token of another cloud',
      { settings: joining, token: 'b', cloud: { ca: 'a' } },
      /token is of another cloud/,
      /keadm gettoken/,
    ],
    [
      'with the token of another cloud in edgecore.yaml',
      { settings: joining, oldToken: ['b'], cloud: { ca: 'a' } },
      /token is of another cloud/,
      /keadm gettoken/,
    ],
    [
      'with a name that the cloud has',
      { settings: joining, token: 'a', cloud: { ca: 'a', node: true } },
      /as edge-1: the cloud has a node of this name/,
      /--node-name NAME\n.*--force=node-name/,
    ],
    [
      'with a name that the new cloud has',
      { has: 'b', settings: rejoining, token: 'a', cloud: { ca: 'a', node: true } },
      /the cloud has a node of this name/,
      /./,
    ],
    [
      'with a name that the cloud has, after an install with another name was interrupted',
      { settings: joining, token: 'a', cloud: { ca: 'a', node: true }, claimed: 'edge-9' },
      /the cloud has a node of this name/,
      /./,
    ],
    [
      'with a name that the cloud has, by the certificate of another name',
      { has: 'a', version: 'v1.22.0', ...renamed, token: 'a', cloud: { ca: 'a', node: true } },
      /as edge-2: the cloud has a node of this name/,
      /./,
    ],
    [
      'with the address of another cloud',
      { has: 'a', settings: joining, config: elsewhere, cloud: { ca: 'b' } },
      /cannot change the cloud address to https:\/\/192\.0\.2\.10:10002: this node belongs to another cloud/,
      /keadm gettoken\n.*--rejoin --cloudcore 192\.0\.2\.10:10000 --token-file FILE/,
    ],
    [
      'with the address of another cloud, by force',
      { has: 'a', settings: joining, config: elsewhere, cloud: { ca: 'b' }, force: ['cloudcore'] },
      /this node belongs to another cloud/,
      /--rejoin/,
    ],
    [
      'with the address of another cloud and a token of its own',
      { has: 'a', settings: joining, config: elsewhere, token: 'a', cloud: { ca: 'b' } },
      /this node belongs to another cloud/,
      /--rejoin/,
    ],
    [
      'with an address where nothing answers',
      { has: 'a', settings: joining, config: elsewhere },
      /nothing there answers like the cloud that this node belongs to/,
      /--cloudcore 192\.0\.2\.10:10000 --force=cloudcore/,
    ],
    [
      'on a node of another cloud',
      { has: 'a', token: 'b' },
      /belongs to another cloud/,
      /install --rejoin --cloudcore HOST:10000 --token-file FILE/,
    ],
    [
      'again without a token, in the middle of a move',
      { has: 'a', settings: rejoining, begun: 'begun' },
      /cannot rejoin: a token is required/,
      /edgekit rollback/,
    ],
    [
      'again without a token, before a move',
      { has: 'a', settings: rejoining },
      /cannot rejoin: a token is required/,
      /./,
    ],
    [
      'with a value that EdgeCore exits on',
      { has: 'a', set: { 'modules.eventBus.mqttMode': 3 } },
      /exit on these values:\n {2}modules\.eventBus\.mqttMode is 3/,
      /--set/,
    ],
    [
      'with two values that EdgeCore exits on',
      { has: 'a', set: { 'modules.edgeHub.quic.enable': true, 'modules.eventBus.enable': 'yes' } },
      /enable is the string.*\n.*exactly one of websocket/,
      /--set/,
    ],
    [
      'with such a value on a staged node',
      { settings: { stage: true }, set: { 'modules.eventBus.mqttMode': '2' } },
      /mqttMode is the string/,
      /--set/,
    ],
  ])('%s', async (_, situation, message, remedy) => {
    await expect(stepsIn(situation)).rejects.toMatchObject({
      exitCode: exitCodes.usage,
      message: expect.stringMatching(message),
      remedy: expect.stringMatching(remedy),
    })
    await expect(stepsIn(situation)).rejects.not.toThrow(/eyJhbGciOiJIUzI1NiJ9/)
  })
})

const mistaken = 'modules:\n  eventBus:\n    mqttMode: 3\n'

describe('an install continues', () => {
  test.each<[string, Situation, { joins?: 'first' | 'again'; token?: true; aside?: true; note?: RegExp }]>([
    ['on a joined node', { has: 'a' }, {}],
    [
      'on a joined node with a token of its cloud',
      { has: 'a', token: 'a' },
      { note: /already has its certificate/ },
    ],
    [
      'on a joined node whose cloud has its name, of course',
      { has: 'a', settings: joining, cloud: { ca: 'a', node: true } },
      {},
    ],
    [
      'on a joined node whose CA is missing',
      { has: 'a', without: ['ca'], token: 'b' },
      { note: /already has its certificate/ },
    ],
    [
      'on a joined node of EdgeCore v1.20 with another name',
      { has: 'a', version: 'v1.20.0', settings: { nodeName: 'edge-2' } },
      {},
    ],
    ['on a staged node', { settings: { stage: true } }, {}],
    ['on a staged node with a token', { settings: { stage: true, cloudcore }, token: 'a' }, { token: true }],
    ['on a node without a cloud connection', { set: { 'modules.edgeHub.enable': false } }, {}],
    [
      'on a node whose own configuration has a cloud and a token',
      {
        config: 'modules:\n  edgeHub:\n    httpServer: https://192.0.2.10:10002\n',
        oldToken: ['a'],
        cloud: { ca: 'a' },
      },
      { joins: 'first' },
    ],
    [
      'on a new node in front of its cloud',
      { settings: joining, token: 'a', cloud: { ca: 'a' } },
      { joins: 'first', token: true },
    ],
    [
      'on a new node whose cloud is out of reach',
      { settings: joining, token: 'a' },
      { joins: 'first', token: true },
    ],
    [
      'on a new node whose cloud cannot say who it has',
      { settings: joining, token: 'a', cloud: { ca: 'a', status: 500 } },
      { joins: 'first', token: true },
    ],
    [
      'on a machine that replaces its Node',
      { settings: joining, token: 'a', cloud: { ca: 'a', node: true }, force: ['node-name'] },
      { joins: 'first', token: true },
    ],
    [
      'on a node with the CA of another cloud and no certificate',
      { has: 'b', without: ['cert', 'key'], settings: joining, token: 'a', cloud: { ca: 'a' } },
      { joins: 'first', token: true },
    ],
    ['after keadm join left its token', { settings: joining, bootstrap: 'a' }, { joins: 'first' }],
    [
      'after keadm join left the same token',
      { settings: joining, token: 'a', bootstrap: 'a' },
      { joins: 'first', token: true },
    ],
    [
      'with --rejoin to another cloud',
      { has: 'b', settings: rejoining, token: 'a', cloud: { ca: 'a' } },
      { joins: 'again', token: true, aside: true },
    ],
    [
      'with --rejoin and the token of keadm join left behind',
      { has: 'b', settings: rejoining, token: 'a', bootstrap: 'b' },
      { joins: 'again', token: true, aside: true },
    ],
    [
      'with --rejoin and an expired certificate',
      { has: 'expired', settings: rejoining, token: 'expired' },
      { joins: 'again', token: true, aside: true },
    ],
    [
      'with --rejoin to its own cloud',
      { has: 'a', settings: rejoining, token: 'a' },
      { note: /already belongs to its cloud/ },
    ],
    ['with --rejoin on a new node', { settings: rejoining, token: 'a' }, { joins: 'first', token: true }],
    [
      'after a move was interrupted before EdgeCore started',
      { settings: rejoining, token: 'a', begun: 'done' },
      { joins: 'again', token: true, aside: true },
    ],
    [
      'after a move was interrupted and EdgeCore has joined',
      { has: 'a', settings: rejoining, begun: 'done' },
      { joins: 'again', aside: true },
    ],
    [
      'after a move was interrupted, with a part of the new certificates',
      {
        has: 'a',
        without: ['cert', 'key'],
        settings: rejoining,
        token: 'a',
        begun: 'done',
        cloud: { ca: 'a' },
      },
      { joins: 'again', token: true, aside: true },
    ],
    [
      'after an install was interrupted, and its EdgeCore has registered',
      { settings: joining, token: 'a', cloud: { ca: 'a', node: true }, claimed: 'edge-1' },
      { joins: 'first', token: true },
    ],
    [
      'with --rejoin and an expired certificate of the cloud that has its Node',
      { has: 'expired', settings: rejoining, token: 'expired', cloud: { ca: 'expired', node: true } },
      { joins: 'again', token: true, aside: true },
    ],
    [
      'with another address of its cloud',
      { has: 'a', settings: joining, config: elsewhere, cloud: { ca: 'a' } },
      { joins: 'first' },
    ],
    [
      'with another address, and a token of its cloud',
      { has: 'a', settings: joining, config: elsewhere, token: 'a', cloud: { ca: 'a' } },
      { joins: 'first', note: /already has its certificate/ },
    ],
    [
      'with an address where nothing answers, by force',
      { has: 'a', settings: joining, config: elsewhere, force: ['cloudcore'] },
      {},
    ],
    [
      'staged, with an address where nothing answers',
      { has: 'a', settings: { cloudcore, stage: true }, config: elsewhere },
      {},
    ],
    [
      'after a move was interrupted in the middle',
      { has: 'b', without: ['ca'], settings: rejoining, token: 'a', begun: 'begun' },
      { joins: 'again', token: true, aside: true },
    ],
    [
      'with a mistake that edgecore.yaml had before',
      { has: 'a', config: mistaken, set: { 'modules.edgeHub.heartbeat': 20 } },
      {},
    ],
  ])('%s', async (_, situation, { joins, token, aside, note }) => {
    const { steps, notes, joins: found } = await stepsIn(situation)
    const config = steps.find(({ kind }) => kind === 'edgecore-config')
    const start = steps.find(({ kind }) => kind === 'unit-running')
    expect(found).toBe(joins)
    expect(JSON.stringify(config).includes('(secret, token)')).toBe(token ?? false)
    expect(steps.map(({ kind }) => kind)[0] === 'certificates-aside').toBe(aside ?? false)
    expect(start?.because?.includes('certificates of the previous cloud')).toBe(aside ?? false)
    expect(notes).toEqual(note ? [expect.stringMatching(note)] : [])
  })

  test('an interrupted move keeps its date; one that must be repeated gets another', async () => {
    const suffixOf = async (situation: Situation): Promise<string | undefined> => {
      const [step] = (await stepsIn(situation)).steps
      return step?.kind === 'certificates-aside' ? step.spec.suffix : undefined
    }
    const move: Situation = { has: 'b', settings: rejoining, token: 'a' }
    expect(await suffixOf({ ...move, begun: 'begun' })).toBe(asideSpec.suffix)
    expect(await suffixOf({ ...move, begun: 'done' })).toMatch(/^\.\d{8}T\d{6}Z$/)
    const partly: Situation = { has: 'a', without: ['cert', 'key'], settings: rejoining, token: 'a' }
    expect(await suffixOf({ ...partly, begun: 'done' })).toBe(asideSpec.suffix)
    expect(await suffixOf({ ...move, begun: 'done' })).not.toBe(asideSpec.suffix)
    expect(await suffixOf({ ...move, begun: 'reverted' })).not.toBe(asideSpec.suffix)
  })
})

test('a broker without EdgeCore joins nothing', async () => {
  const node = await tinyNode()
  const request = {
    settings: { set: {}, edgecore: false, stage: false, adopt: false },
    version: 'v1.22.0',
    hostName: 'edge-1',
    token: undefined,
    force: [],
  }
  expect(await joinSteps([], request, { history: undefined, receipt: undefined }, node)).toEqual({
    steps: [],
    notes: [],
    joins: undefined,
  })
})
