import { describe, expect, test } from 'vitest'
import type { DesiredStep } from '../../../src/install/desired/step-makers.ts'
import { readKept } from '../../../src/install/record/previous.ts'
import { readReceipt } from '../../../src/install/record/receipt.ts'
import { openPast } from '../../../src/install/record/run.ts'
import { returnToPrevious } from '../../../src/install/return-to-previous.ts'
import { undoInterrupted } from '../../../src/install/undo-interrupted.ts'
import { exitCodes } from '../../../src/lib/exit-codes.ts'
import { paths } from '../../../src/node/paths.ts'
import { type TinyNode, tinyNode } from '../actions/tiny-node.ts'
import { bundle, fileStep, killedAfter, perform, runStep } from './engine.ts'

const signal = new AbortController().signal
const configuration = '/etc/edgekit/mosquitto.conf'

const config = (text: string): DesiredStep => {
  const step = fileStep(configuration, text)
  return { ...step, spec: { ...step.spec, ours: false } } as DesiredStep
}

const install = (node: TinyNode, version: string, desired: readonly DesiredStep[]) => {
  const head = {
    edgekit: '0',
    bundle: { ...bundle, kubeedgeVersion: version, manifestSha256: version },
    options: {},
  }
  return perform(node, desired, { head, attempt: { command: 'install', edgekit: '0', bundle: head.bundle } })
}

/** A node on v1.23.0 that came from v1.22.0. */
async function upgradedNode(): Promise<{ node: TinyNode; before: Record<string, string> }> {
  const node = await tinyNode()
  for (const path of ['/etc/edgekit', '/usr/bin', '/var/lib']) await node.put(`${path}/other`, '')
  await install(node, 'v1.22.0', [fileStep('/usr/bin/edgecore', 'old'), config('old')])
  const before = await node.disk()
  await install(node, 'v1.23.0', [
    fileStep('/usr/bin/edgecore', 'new'),
    config('new'),
    fileStep('/usr/bin/more', ''),
  ])
  return { node, before }
}

const goBack = (node: TinyNode, steps = runStep) => returnToPrevious(node, '0', steps, signal)

/** Without the run and time of the receipt. */
const comparable = ({ [paths.receipt]: receipt = '{} 644', ...disk }: Record<string, string>) => {
  const {
    run: _run,
    updatedAt: _time,
    ...lasting
  } = JSON.parse(receipt.replace(/ 644$/, '')) as Record<string, unknown>
  return { disk, lasting }
}

test('the last upgrade keeps its journal, its backups and the receipt from before', async () => {
  const { node } = await upgradedNode()
  const { previous } = (await readReceipt(node.files)) ?? {}
  expect(previous).toMatchObject({ kubeedgeVersion: 'v1.22.0', name: 'kubeedge-edge' })
  const kept = previous && (await readKept(previous, node.files))
  expect(kept?.receipt.bundle.kubeedgeVersion).toBe('v1.22.0')
  expect(await node.files.list(paths.backups)).toEqual([previous?.run])
  expect(await node.files.read(paths.journal)).toBeUndefined()

  // Another install of the same bundle keeps it, the next upgrade replaces it.
  await install(node, 'v1.23.0', [
    fileStep('/usr/bin/edgecore', 'new'),
    config('new'),
    fileStep('/usr/bin/x', ''),
  ])
  expect((await readReceipt(node.files))?.previous).toEqual(previous)
  await install(node, 'v1.24.0', [fileStep('/usr/bin/edgecore', 'newest')])
  const next = (await readReceipt(node.files))?.previous
  expect(next?.kubeedgeVersion).toBe('v1.23.0')
  expect(await node.files.list(paths.backups)).toEqual([next?.run])
})

test('the way back restores files and receipt, and copies what was changed since', async () => {
  const { node, before } = await upgradedNode()
  await node.put(configuration, 'mine')
  const { kubeedgeVersion, copies } = await goBack(node)
  expect({ kubeedgeVersion, copies }).toEqual({
    kubeedgeVersion: 'v1.22.0',
    copies: [`${configuration}.v1.23.0`],
  })
  expect(await node.files.read(`${configuration}.v1.23.0`)).toBe('mine')
  await node.files.remove(`${configuration}.v1.23.0`)
  expect(comparable(await node.disk())).toEqual(comparable(before))
})

test('what a later install has added stays known', async () => {
  const { node } = await upgradedNode()
  await install(node, 'v1.23.0', [
    fileStep('/usr/bin/edgecore', 'new'),
    config('new'),
    fileStep('/usr/bin/x', ''),
  ])
  await goBack(node)
  const ids = (await readReceipt(node.files))?.items.map(({ id }) => id)
  expect(ids).toEqual(['/usr/bin/edgecore', configuration, '/usr/bin/x'])
})

describe('killed', () => {
  test.each([1, 2, 3, 4, 5, 6])('after step %i, a rollback finishes', async steps => {
    const { node, before } = await upgradedNode()
    await expect(goBack(node, killedAfter(steps))).rejects.toThrow('killed')
    const { interrupted } = await openPast(node)
    if (interrupted) await undoInterrupted(node, runStep, signal)
    else if ((await readReceipt(node.files))?.previous) await goBack(node)
    expect(comparable(await node.disk())).toEqual(comparable(before))
  })

  test('before the first change, the upgrade stays', async () => {
    const { node } = await upgradedNode()
    const disk = await node.disk()
    const { previous, run } = (await readReceipt(node.files)) ?? {}
    const kept = previous && (await readKept(previous, node.files))
    await node.put(paths.journal, kept?.journal.sound ?? '', 0o600)
    expect((await openPast(node)).interrupted).toBeUndefined()
    expect(run).toBe(previous?.run)
    expect(await node.disk()).toEqual(disk)
  })
})

test.each<[what: string, words: RegExp, prepare: (node: TinyNode) => Promise<unknown>]>([
  [
    'its backups are gone',
    /cannot return to v1\.22\.0: what the upgrade kept is gone or damaged\n {2}\/var\/lib\/edgekit\/backups\/.*edgecore/,
    async node => {
      const [run = ''] = await node.files.list(paths.backups)
      const names = await node.files.list(`${paths.backups}/${run}`)
      const program = names.find(name => name.endsWith('edgecore')) ?? ''
      return node.files.remove(`${paths.backups}/${run}/${program}`)
    },
  ],
  [
    'all of it is gone',
    /cannot return to v1\.22\.0: what the upgrade kept is gone or damaged/,
    node => node.files.removeTree(paths.backups),
  ],
])('refuses when %s', async (_, words, prepare) => {
  const { node } = await upgradedNode()
  await prepare(node)
  const disk = await node.disk()
  await expect(goBack(node)).rejects.toMatchObject({
    message: expect.stringMatching(words),
    exitCode: exitCodes.refused,
  })
  expect(await node.disk()).toEqual(disk)
})

test('refuses on a node that was not upgraded', async () => {
  const node = await tinyNode()
  await node.put('/var/lib/other', '')
  await expect(goBack(node)).rejects.toThrow(
    'cannot return to a previous version: this node was not upgraded',
  )
})
