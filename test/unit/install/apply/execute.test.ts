import { describe, expect, test } from 'vitest'
import type { DesiredStep } from '../../../../src/install/desired/step-makers.ts'
import { readReceipt } from '../../../../src/install/record/receipt.ts'
import { openPast } from '../../../../src/install/record/run.ts'
import { EdgekitError } from '../../../../src/lib/errors.ts'
import { exitCodes } from '../../../../src/lib/exit-codes.ts'
import { paths } from '../../../../src/node/paths.ts'
import { type TinyNode, tinyNode } from '../../actions/tiny-node.ts'
import { fileStep as file, perform, performUnfinished, rollBackOn } from '../engine.ts'

const running = (unit: string, because: string[] = []): DesiredStep => ({
  id: unit,
  kind: 'unit-running',
  spec: { unit, mayFail: false },
  because,
})
const enabled = (unit: string): DesiredStep => ({
  id: `enable ${unit}`,
  kind: 'unit-enabled',
  spec: { unit },
})
const reload: DesiredStep = { id: 'reload', kind: 'daemon-reload', spec: { units: ['a'] } }
async function freshNode(): Promise<TinyNode> {
  const node = await tinyNode()
  for (const path of ['/etc', '/var/lib']) await node.put(`${path}/other`, '')
  for (const unit of ['a', 'b', 'c']) node.setUnit(unit, {})
  return node
}

async function failure(node: TinyNode, desired: DesiredStep[], rollBackOnFailure = true) {
  const error = await perform(node, desired, { rollBackOnFailure }).then(
    () => undefined,
    (error: unknown) => error,
  )
  expect(error).toBeInstanceOf(EdgekitError)
  return error as EdgekitError
}

test('makes the changes in order and deletes the journal', async () => {
  const node = await freshNode()
  await perform(node, [enabled('a'), running('a'), running('b')])
  expect(node.calls).toEqual(['enable a', 'restart a', 'restart b'])
  expect(await node.files.list(paths.state)).toEqual(['receipt.json'])
})

test.each([
  [
    undefined,
    [
      ['a', true],
      ['c', undefined],
      ['b', undefined],
    ],
  ],
  [
    true as const,
    [
      ['a', undefined],
      ['c', undefined],
      ['b', undefined],
    ],
  ],
])('the receipt after a change that is partial (%s)', async (isPartial, expected) => {
  const node = await freshNode()
  await perform(node, [running('a'), running('c')])
  await perform(node, [running('c'), running('b')], { ...(isPartial && { isPartial }) })
  const items = (await readReceipt(node.files))?.items ?? []
  expect(items.map(({ id, superseded }) => [id, superseded])).toEqual(expected)
})

describe('a failure', () => {
  test.each<[what: string, failing: string, undone: string[]]>([
    ['including the failed one, which may be half done', 'restart b', ['stop b', 'disable a', 'reload']],
    ['of the first step', 'enable a', ['disable a', 'reload']],
  ])('is rolled back, the last change first: %s', async (_, failing, undone) => {
    const node = await freshNode()
    const disk = await node.disk()
    node.broken.set(failing, 'no')
    const error = await failure(node, [enabled('a'), running('b'), running('c')])
    expect(error.message).toMatch(/^install failed; all changes were rolled back\n[\s\S]*no$/)
    expect(error.exitCode).toBe(exitCodes.rolledBack)
    expect(node.calls.slice(node.calls.indexOf(failing) + 1)).toEqual(undone)
    expect(await node.disk()).toEqual(disk)
  })

  test('is kept with --no-rollback, and the error shows how to continue', async () => {
    const node = await freshNode()
    node.broken.set('restart b', 'no')
    const error = await failure(node, [enabled('a'), running('b')], false)
    expect(error.message).toMatch(/^install failed; nothing was rolled back\ncannot start b: [\s\S]*\nno$/)
    expect(error.exitCode).toBe(exitCodes.incomplete)
    expect(error.remedy).toContain('rollback')
    expect(node.calls).toEqual(['enable a', 'restart b'])
    node.calls.length = 0
    expect(await rollBackOn(node)).toEqual([])
    expect(node.calls).toEqual(['stop b', 'disable a', 'reload'])
  })

  test('of a rollback lists what is left, rolls back the rest and can be repeated', async () => {
    const node = await freshNode()
    const disk = await node.disk()
    node.broken.set('restart b', 'no').set('disable a', 'no bus').set('reload', 'no bus')
    const error = await failure(node, [enabled('a'), file('/etc/x', 'new'), running('b')])
    expect(error.exitCode).toBe(exitCodes.incomplete)
    expect(error.message).toContain(
      'These changes could not be rolled back:\n  Roll back: Enable a: no bus\n  Reload systemd: no bus',
    )
    expect(await node.disk()).not.toHaveProperty(['/etc/x'])
    node.broken.clear()
    node.calls.length = 0
    expect(await rollBackOn(node)).toEqual([])
    expect(node.calls).toEqual(['disable a', 'reload'])
    expect(await node.disk()).toEqual(disk)
  })

  test('of the proof rolls everything back', async () => {
    const node = await freshNode()
    const prove = () => Promise.reject(new Error('it does not stay up'))
    await expect(perform(node, [enabled('a')], { prove })).rejects.toThrow('it does not stay up')
    expect(node.calls).toEqual(['enable a', 'disable a', 'reload'])
  })

  test('to write the journal changes nothing', async () => {
    const node = await freshNode()
    await node.put(paths.state, 'a file where the directory should be')
    const error = await failure(node, [enabled('a')])
    expect(error.exitCode).toBe(exitCodes.refused)
    expect(node.calls).toEqual([])
  })
})

test('restores a file with its modification time', async () => {
  const node = await freshNode()
  await node.put('/etc/x', 'old', 0o604)
  const disk = await node.disk()
  const { mtimeMs } = await node.stat('/etc/x')
  await performUnfinished(node, [file('/etc/x', 'new')])
  expect(await node.files.read('/etc/x')).toBe('new')
  expect(await rollBackOn(node)).toEqual([])
  expect(await node.disk()).toEqual(disk)
  expect((await node.stat('/etc/x')).mtimeMs).toBeCloseTo(mtimeMs, 0)
})

test('restores the files of units before restarting them, in the order of the plan', async () => {
  const node = await freshNode()
  await node.put('/etc/x', 'old')
  const seen: string[] = []
  const { systemd } = node
  node.systemd = {
    ...systemd,
    async restart(unit) {
      seen.push(`${unit} with ${await node.files.read('/etc/x')}`)
      await systemd.restart(unit)
    },
  }
  for (const unit of ['a', 'b']) node.setUnit(unit, { active: 'active' })
  await performUnfinished(node, [file('/etc/x', 'new'), running('a', ['/etc/x']), running('b', ['/etc/x'])])
  node.calls.length = 0
  expect(await rollBackOn(node)).toEqual([])
  expect(seen).toEqual(['a with new', 'b with new', 'a with old', 'b with old'])
  expect(node.calls).toEqual(['reload', 'restart a', 'restart b'])
})

test('a change without effect is an error', async () => {
  const node = await freshNode()
  await node.put('/etc/x', 'old')
  const step = file('/etc/x', 'new')
  const error = await failure(node, [
    { ...step, spec: { ...step.spec, sha256: '0'.repeat(64) } } as DesiredStep,
  ])
  expect(error.message).toContain('it reported success, but the node is unchanged')
  expect(await node.files.read('/etc/x')).toBe('old')
})

describe('stopped by a signal', () => {
  const reason = new EdgekitError('stopped', { code: 'stopped-by-sigint' })

  test('finishes the current change and keeps what was done', async () => {
    const node = await freshNode()
    const stop = new AbortController()
    const { systemd } = node
    node.systemd = {
      ...systemd,
      async enable(unit) {
        stop.abort(reason)
        await systemd.enable(unit)
      },
    }
    const desired = [enabled('a'), running('b')]
    await expect(perform(node, desired, { signal: stop.signal })).rejects.toMatchObject({
      message: 'stopped; the changes made so far are kept',
      exitCode: exitCodes.interrupted,
      remedy: expect.stringContaining('rollback'),
    })
    expect(node.calls).toEqual(['enable a'])
    expect((await openPast(node)).interrupted?.history.changes).toMatchObject([
      { id: 'enable a', state: 'done' },
    ])
    node.systemd = systemd
    expect(await perform(node, desired)).toEqual(['b'])
    expect((await openPast(node)).interrupted).toBeUndefined()
  })
})

describe('after an interruption', () => {
  test('repeats a change that had begun, keeping the original state', async () => {
    const node = await freshNode()
    node.setUnit('a', { active: 'active' })
    const run = await performUnfinished(node, [file('/etc/x', 'new'), running('a', ['/etc/x'])])
    // Killed within the restart: the unit runs, and nobody knows with what.
    const [, restart] = run.history.changes
    await run.intent(running('a'), restart?.before, restart?.change)
    expect(await perform(node, [file('/etc/x', 'new'), running('a', ['/etc/x'])])).toEqual(['a'])
  })

  test('makes what depends on a change, even when the change itself is done', async () => {
    const node = await freshNode()
    node.setUnit('a', { active: 'active' })
    await performUnfinished(node, [file('/etc/x', 'new')])
    expect(await perform(node, [file('/etc/x', 'new'), running('a', ['/etc/x'])])).toEqual(['a'])
    expect(await perform(node, [file('/etc/x', 'new'), running('a', ['/etc/x'])])).toEqual([])
  })

  test('does not repeat what was done after its cause', async () => {
    const node = await freshNode()
    const desired = [file('/etc/x', 'new'), running('a', ['/etc/x']), file('/etc/y', 'new')]
    await performUnfinished(node, desired.slice(0, 2))
    expect(await perform(node, desired)).toEqual(['/etc/y'])
  })

  test('counts a reverted change as another change', async () => {
    const node = await freshNode()
    await node.put('/etc/x', 'old')
    node.setUnit('a', { active: 'active' })
    const run = await performUnfinished(node, [file('/etc/x', 'new'), running('a', ['/etc/x'])])
    // Killed in a rollback, before the unit was restarted with the old file.
    const [change] = run.history.changes
    await node.put('/etc/x', 'old')
    if (change) await run.reverted(change)
    expect(await perform(node, [file('/etc/x', 'old'), running('a', ['/etc/x'])])).toEqual(['a'])
  })

  test('does not treat what edgekit wrote as foreign for another bundle', async () => {
    const node = await freshNode()
    const notOurs = (text: string): DesiredStep => {
      const step = file('/etc/x', text)
      return { ...step, spec: { ...step.spec, ours: false } } as DesiredStep
    }
    await performUnfinished(node, [notOurs('one')])
    expect(await perform(node, [notOurs('two')])).toEqual(['/etc/x'])
    expect(await perform(node, [notOurs('three')])).toEqual(['/etc/x'])
    await node.put('/etc/x', 'by hand')
    await expect(perform(node, [notOurs('four')])).rejects.toThrow('in the way: /etc/x')
  })

  test('rolls back two attempts to the original state', async () => {
    const node = await freshNode()
    await node.put('/etc/x', 'old')
    const disk = await node.disk()
    await performUnfinished(node, [file('/etc/x', 'one')])
    await performUnfinished(node, [file('/etc/x', 'two')])
    expect(await rollBackOn(node)).toEqual([])
    expect(await node.disk()).toEqual(disk)
  })

  test('undoes what is no longer desired', async () => {
    const node = await freshNode()
    await performUnfinished(node, [file('/etc/x', 'new'), enabled('a')])
    node.calls.length = 0
    expect(await perform(node, [file('/etc/y', 'new')])).toEqual(['/etc/y'])
    expect(node.calls).toEqual(['disable a'])
    expect(await node.disk()).not.toHaveProperty(['/etc/x'])
    expect((await readReceipt(node.files))?.items.map(({ id }) => id)).toEqual(['/etc/y'])
  })

  test('only deletes the journal when killed after the receipt was written', async () => {
    const node = await freshNode()
    await performUnfinished(node, [enabled('a')])
    const journal = (await node.files.read(paths.journal)) ?? ''
    await perform(node, [enabled('a')])
    await node.put(paths.journal, journal, 0o600)
    expect((await openPast(node)).interrupted).toBeUndefined()
    expect(await node.files.list(paths.state)).toEqual(['receipt.json'])
  })

  test('the same when the receipt has the same content as before', async () => {
    const node = await freshNode()
    await perform(node, [enabled('a')])
    node.setUnit('a', { enabled: 'disabled' })
    const remove = node.files.remove.bind(node.files)
    node.files.remove = async path => {
      if (path === paths.journal) throw new Error('killed')
      await remove(path)
    }
    const head = await readReceipt(node.files)
    await expect(perform(node, [enabled('a')], head && { head })).rejects.toThrow('killed')
    node.files.remove = remove
    expect((await openPast(node)).interrupted).toBeUndefined()
    expect(await node.files.list(paths.state)).toEqual(['receipt.json'])
    expect(node.calls).toEqual(['enable a', 'enable a'])
  })
})

test('writes only the first receipt when there is nothing to do', async () => {
  const node = await freshNode()
  node.setUnit('a', { active: 'active' })
  expect(await perform(node, [reload, running('a')])).toEqual([])
  const receipt = await node.files.read(paths.receipt)
  expect(JSON.parse(receipt ?? '')).toMatchObject({
    items: [{ id: 'a', ownership: 'adopted', before: null }],
  })
  expect(await perform(node, [reload, running('a')])).toEqual([])
  expect(await node.files.read(paths.receipt)).toBe(receipt)
  expect(node.calls).toEqual([])
})

test('a rollback whose end a power cut takes away can be repeated', async () => {
  const node = await freshNode()
  await node.put('/etc/x', 'before')
  const disk = await node.disk()
  await performUnfinished(node, [file('/etc/x', 'after')])
  const journal = (await node.files.read(paths.journal)) ?? ''
  const remove = node.files.remove.bind(node.files)
  // The power goes when the journal is about to be deleted.
  const cut = async (path: string): Promise<void> => {
    if (path === paths.journal) throw new Error('power cut')
    await remove(path)
  }
  node.files.remove = cut
  expect(await rollBackOn(node)).toEqual(['Delete the journal: power cut'])
  node.files.remove = remove
  expect(await node.files.read(paths.journal)).toMatch(/"reverted"/)
  await node.put(paths.journal, journal, 0o600)
  expect(await rollBackOn(node)).toEqual([])
  expect(await node.disk()).toEqual(disk)
})
