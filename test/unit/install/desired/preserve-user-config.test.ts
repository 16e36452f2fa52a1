import { createHash } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { file } from '../../../../src/actions/files/file.ts'
import { preserveUserConfig } from '../../../../src/install/desired/preserve-user-config.ts'
import type { DesiredStep } from '../../../../src/install/desired/step-makers.ts'
import type { Receipt } from '../../../../src/install/record/receipt.ts'
import { paths } from '../../../../src/node/paths.ts'
import { tinyNode } from '../../actions/tiny-node.ts'

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex')
const root = { uid: 0, gid: 0 }

const receiptOf = (...steps: DesiredStep[]): Receipt => ({
  schemaVersion: 1,
  run: '1',
  edgekit: '0',
  installedAt: '',
  updatedAt: '',
  bundle: { name: 'kubeedge-edge', kubeedgeVersion: 'v1.22.0', arch: 'amd64', manifestSha256: '0' },
  options: {},
  items: steps.map(({ id, kind, spec }) => ({
    id,
    kind,
    spec,
    ownership: 'created',
    before: null,
    after: null,
  })),
})

describe('a configuration file', () => {
  const path = paths.brokerConfig
  const shipping = (text: string, at: string = path): DesiredStep & { kind: 'file' } => ({
    id: at,
    kind: 'file',
    spec: { path: at, source: { text }, sha256: sha256(text), ours: false, mode: 0o644, ...root },
  })

  async function decide(
    onDisk: string | undefined,
    shipped: string | undefined,
    next: string,
    force: string[] = [],
  ) {
    const node = await tinyNode()
    if (onDisk !== undefined) await node.put(path, onDisk)
    const receipt = shipped === undefined ? undefined : receiptOf(shipping(shipped))
    const change = { isUpgrade: true, explicitlySet: [], force }
    const { steps, notes } = await preserveUserConfig([shipping(next)], receipt, change, node)
    const what = await Promise.all(
      steps.map(async step =>
        step.kind === 'file' ? [step.spec.path, await file.inspect(step.spec, node)] : [],
      ),
    )
    return { what, notes }
  }

  test.each([
    ['neither has changed', 'old', 'old', 'old', [[path, 'done']]],
    // The plan recognizes from the receipt that it is edgekit's.
    ['only the bundle has changed', 'old', 'old', 'new', [[path, 'foreign']]],
    ['only the user has changed', 'mine', 'old', 'old', [[path, 'done']]],
    [
      'both have',
      'mine',
      'old',
      'new',
      [
        [path, 'done'],
        [`${path}.edgekit-new`, 'needed'],
      ],
    ],
    ['both have, to the same', 'new', 'old', 'new', [[path, 'done']]],
    ['it was removed', undefined, 'old', 'new', [[path, 'needed']]],
    ['edgekit has never written it', 'mine', undefined, 'new', [[path, 'foreign']]],
  ])('%s', async (_, onDisk, shipped, next, expected) => {
    const { what, notes } = await decide(onDisk, shipped, next)
    expect(what).toEqual(expected)
    expect(notes).toHaveLength(expected.length - 1)
  })

  test('the next install shows no note again', async () => {
    const node = await tinyNode()
    await node.put(path, 'mine')
    const change = { isUpgrade: true, explicitlySet: [], force: [] }
    const first = await preserveUserConfig([shipping('new')], receiptOf(shipping('old')), change, node)
    const second = await preserveUserConfig([shipping('new')], receiptOf(...first.steps), change, node)
    expect(second).toMatchObject({ steps: [{ id: path, spec: { userOwned: true } }], notes: [] })
  })

  test.each(['old', 'new'])('that --force names is not kept, shipped as %s', async shipped => {
    expect(await decide('mine', shipped, 'new')).not.toEqual({ what: [[path, 'foreign']], notes: [] })
    // --force replaces what is foreign.
    expect(await decide('mine', shipped, 'new', [path])).toEqual({ what: [[path, 'foreign']], notes: [] })
  })

  test('does not treat a changed program as configuration', async () => {
    const node = await tinyNode()
    await node.put(paths.edgecore, 'mine')
    const step = shipping('new', paths.edgecore)
    const change = { isUpgrade: true, explicitlySet: [], force: [] }
    const { steps } = await preserveUserConfig(
      [step],
      receiptOf(shipping('old', paths.edgecore)),
      change,
      node,
    )
    expect(steps).toEqual([step])
  })
})

describe('the keys of edgecore.yaml', () => {
  const key = 'modules.eventBus.mqttMode'
  const setting = (values: Record<string, number>, userOwned?: string[]): DesiredStep => ({
    id: paths.edgecoreConfig,
    kind: 'edgecore-config',
    spec: {
      path: paths.edgecoreConfig,
      base: 'modules: {}\n',
      values,
      initial: {},
      ...(userOwned && { userOwned }),
    },
  })

  async function decide(
    onDisk: string,
    {
      shipped = 2 as number | null,
      next = 2,
      isUpgrade = true,
      explicitlySet = [] as string[],
      userOwned = undefined as string[] | undefined,
    } = {},
  ) {
    const node = await tinyNode()
    await node.put(paths.edgecoreConfig, `modules: { eventBus: { ${onDisk} } }\n`)
    const receipt = receiptOf(setting(shipped === null ? {} : { [key]: shipped }, userOwned))
    const { steps, notes } = await preserveUserConfig(
      [setting({ [key]: next })],
      receipt,
      { isUpgrade, explicitlySet, force: [] },
      node,
    )
    const spec = steps[0]?.spec as { values: object; userOwned?: string[] }
    return { sets: key in spec.values, userOwned: spec.userOwned ?? [], notes }
  }

  const sets = { sets: true, userOwned: [], notes: [] }
  const keeps = { sets: false, userOwned: [key], notes: [expect.stringContaining(`${key} in`)] }

  test.each([
    ['as edgekit left it', 'mqttMode: 2', {}, sets],
    ['as edgekit left it, but changed in the bundle', 'mqttMode: 2', { next: 1 }, sets],
    ['set by the user', 'mqttMode: 0', {}, keeps],
    ['set by the user, and changed in the bundle', 'mqttMode: 0', { next: 1 }, keeps],
    ['set by the user to the new value of the bundle', 'mqttMode: 1', { next: 1 }, sets],
    ['removed by the user', '', {}, keeps],
    ['set by the user, same bundle', 'mqttMode: 0', { isUpgrade: false }, sets],
    ['given with --set', 'mqttMode: 0', { explicitlySet: [key] }, sets],
    ['new in this bundle', 'mqttMode: 0', { shipped: null }, sets],
    [
      'left to the user by an earlier upgrade',
      'mqttMode: 0',
      { shipped: null, userOwned: [key], isUpgrade: false },
      keeps,
    ],
  ])('%s', async (_, onDisk, changes, expected) => {
    expect(await decide(onDisk, changes)).toEqual(expected)
  })

  test('the note shows both values', async () => {
    const { notes } = await decide('mqttMode: 0', { next: 1 })
    expect(notes[0]).toContain('keeps your value 0; edgekit would set 1')
  })
})
