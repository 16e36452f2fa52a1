import { createHash } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import type { DesiredStep } from '../../../../src/install/desired/step-makers.ts'
import { interruptedRun } from '../../../../src/install/record/open-run.ts'
import { readReceipt } from '../../../../src/install/record/receipt.ts'
import { EdgekitError } from '../../../../src/lib/errors.ts'
import { exitCodes } from '../../../../src/lib/exit-codes.ts'
import { paths } from '../../../../src/node/paths.ts'
import { type TinyNode, tinyNode } from '../../actions/tiny-node.ts'
import { perform, performUnfinished, rollBackOn } from '../engine.ts'

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
const file = (path: string, text: string): DesiredStep => ({
  id: path,
  kind: 'file',
  spec: {
    path,
    source: { text },
    sha256: createHash('sha256').update(text).digest('hex'),
    ours: true,
    mode: 0o644,
    uid: 0,
    gid: 0,
  },
})

async function freshNode(): Promise<TinyNode> {
  const node = await tinyNode()
  for (const path of ['/etc', '/var/lib']) await node.put(`${path}/other`, '')
  for (const unit of ['a', 'b', 'c']) node.setUnit(unit, {})
  return node
}

/** What ended it, and what systemd was told after that. */
async function failure(node: TinyNode, desired: DesiredStep[], rollBackOnFailure = true) {
  const error = await perform(node, desired, { rollBackOnFailure }).then(
    () => undefined,
    (error: unknown) => error,
  )
  expect(error).toBeInstanceOf(EdgekitError)
  return error as EdgekitError
}

test('steps do what their titles say, in order, and nothing of the journal is left', async () => {
  const node = await freshNode()
  await perform(node, [enabled('a'), running('a'), running('b')])
  expect(node.calls).toEqual(['enable a', 'restart a', 'restart b'])
  expect(await node.files.list(paths.state)).toEqual(['receipt.json'])
})

describe('a failure', () => {
  test.each<[what: string, failing: string, undone: string[]]>([
    ['what failed too, as it may be half done', 'restart b', ['stop b', 'disable a', 'reload']],
    ['of the first step', 'enable a', ['disable a', 'reload']],
  ])('is undone, the last change first: %s', async (_, failing, undone) => {
    const node = await freshNode()
    const disk = await node.disk()
    node.broken.set(failing, 'no')
    const error = await failure(node, [enabled('a'), running('b'), running('c')])
    expect(error.message).toMatch(/^no\n[\s\S]*Everything that had been changed has been put back\.$/)
    expect(error.exitCode).toBe(exitCodes.rolledBack)
    expect(node.calls.slice(node.calls.indexOf(failing) + 1)).toEqual(undone)
    expect(await node.disk()).toEqual(disk)
  })

  test('is left as it is when that is wanted, and says how to go on', async () => {
    const node = await freshNode()
    node.broken.set('restart b', 'no')
    const error = await failure(node, [enabled('a'), running('b')], false)
    expect(error.message).toMatch(/^no\n[\s\S]*Nothing has been put back\.$/)
    expect(error.exitCode).toBe(exitCodes.incomplete)
    expect(error.remedy).toContain('rollback')
    expect(node.calls).toEqual(['enable a', 'restart b'])
    node.calls.length = 0
    expect(await rollBackOn(node)).toEqual([])
    expect(node.calls).toEqual(['stop b', 'disable a', 'reload'])
  })

  test('of putting back names what is left, puts back the rest, and can be tried again', async () => {
    const node = await freshNode()
    const disk = await node.disk()
    node.broken.set('restart b', 'no').set('disable a', 'no bus').set('reload', 'no bus')
    const error = await failure(node, [enabled('a'), file('/etc/x', 'new'), running('b')])
    expect(error.exitCode).toBe(exitCodes.incomplete)
    expect(error.message).toContain(
      'Not everything could be put back:\n  Undo: Enable a at boot: no bus\n  Let systemd read its unit files again: no bus',
    )
    expect(await node.disk()).not.toHaveProperty(['/etc/x'])
    node.broken.clear()
    node.calls.length = 0
    expect(await rollBackOn(node)).toEqual([])
    expect(node.calls).toEqual(['disable a', 'reload'])
    expect(await node.disk()).toEqual(disk)
  })

  test('of a proof puts everything back', async () => {
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

test('a file is put back with the time of its last change', async () => {
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

test('a unit that ran gets back what it ran with before it is restarted, in the order of the plan', async () => {
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

test('a step that has no effect is an error', async () => {
  const node = await freshNode()
  await node.put('/etc/x', 'old')
  const step = file('/etc/x', 'new')
  const error = await failure(node, [
    { ...step, spec: { ...step.spec, sha256: '0'.repeat(64) } } as DesiredStep,
  ])
  expect(error.message).toContain('the node does not show it')
  expect(await node.files.read('/etc/x')).toBe('old')
})

describe('stopped by a signal', () => {
  const reason = new EdgekitError('stopped', { code: 'stopped-by-sigint' })

  test('the change under way is finished, what was done is kept, and can be finished or undone', async () => {
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
      message: 'stopped; what has been changed so far is kept',
      exitCode: exitCodes.interrupted,
      remedy: expect.stringContaining('rollback'),
    })
    expect(node.calls).toEqual(['enable a'])
    expect((await interruptedRun(node))?.history.changes).toMatchObject([{ id: 'enable a', state: 'done' }])
    node.systemd = systemd
    expect(await perform(node, desired)).toEqual(['b'])
    expect(await interruptedRun(node)).toBeUndefined()
  })
})

describe('going on after an interruption', () => {
  test('a change that was begun is made again, and what was there before it is what is put back', async () => {
    const node = await freshNode()
    node.setUnit('a', { active: 'active' })
    const run = await performUnfinished(node, [file('/etc/x', 'new'), running('a', ['/etc/x'])])
    // Killed within the restart: the unit runs, and nobody knows with what.
    const [, restart] = run.history.changes
    await run.intent(running('a'), restart?.before, restart?.change)
    expect(await perform(node, [file('/etc/x', 'new'), running('a', ['/etc/x'])])).toEqual(['a'])
  })

  test('who depends on a change is done after it, also when the change itself is done', async () => {
    const node = await freshNode()
    node.setUnit('a', { active: 'active' })
    await performUnfinished(node, [file('/etc/x', 'new')])
    expect(await perform(node, [file('/etc/x', 'new'), running('a', ['/etc/x'])])).toEqual(['a'])
    expect(await perform(node, [file('/etc/x', 'new'), running('a', ['/etc/x'])])).toEqual([])
  })

  test('what was done after its reason is not done again', async () => {
    const node = await freshNode()
    const desired = [file('/etc/x', 'new'), running('a', ['/etc/x']), file('/etc/y', 'new')]
    await performUnfinished(node, desired.slice(0, 2))
    expect(await perform(node, desired)).toEqual(['/etc/y'])
  })

  test('a change that was put back counts as one more change', async () => {
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

  test('what edgekit put there itself is not in the way of another bundle', async () => {
    const node = await freshNode()
    const theirs = (text: string): DesiredStep => {
      const step = file('/etc/x', text)
      return { ...step, spec: { ...step.spec, ours: false } } as DesiredStep
    }
    await performUnfinished(node, [theirs('one')])
    expect(await perform(node, [theirs('two')])).toEqual(['/etc/x'])
    expect(await perform(node, [theirs('three')])).toEqual(['/etc/x'])
    await node.put('/etc/x', 'by hand')
    await expect(perform(node, [theirs('four')])).rejects.toThrow('in the way: /etc/x')
  })

  test('with another text rolled back, the first one is back', async () => {
    const node = await freshNode()
    await node.put('/etc/x', 'old')
    const disk = await node.disk()
    await performUnfinished(node, [file('/etc/x', 'one')])
    await performUnfinished(node, [file('/etc/x', 'two')])
    expect(await rollBackOn(node)).toEqual([])
    expect(await node.disk()).toEqual(disk)
  })

  test('what is not wanted any more is undone', async () => {
    const node = await freshNode()
    await performUnfinished(node, [file('/etc/x', 'new'), enabled('a')])
    node.calls.length = 0
    expect(await perform(node, [file('/etc/y', 'new')])).toEqual(['/etc/y'])
    expect(node.calls).toEqual(['disable a'])
    expect(await node.disk()).not.toHaveProperty(['/etc/x'])
    expect((await readReceipt(node.files))?.items.map(({ id }) => id)).toEqual(['/etc/y'])
  })

  test('killed after the receipt was written, only the journal is tidied away', async () => {
    const node = await freshNode()
    await performUnfinished(node, [enabled('a')])
    const journal = (await node.files.read(paths.journal)) ?? ''
    await perform(node, [enabled('a')])
    await node.put(paths.journal, journal, 0o600)
    expect(await interruptedRun(node)).toBeUndefined()
    expect(await node.files.list(paths.state)).toEqual(['receipt.json'])
  })
})

test('nothing to do: nothing is written but the first receipt', async () => {
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
