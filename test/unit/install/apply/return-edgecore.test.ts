import { beforeEach, describe, expect, test, vi } from 'vitest'
import type { EdgecoreCopy } from '../../../../src/actions/files/edgecore-copy.ts'
import type { Transaction } from '../../../../src/install/apply/execute-plan.ts'
import { keepEdgecore } from '../../../../src/install/desired/keep-edgecore.ts'
import type { DesiredStep } from '../../../../src/install/desired/step-makers.ts'
import { exitCodes } from '../../../../src/lib/exit-codes.ts'
import { paths, units } from '../../../../src/node/paths.ts'
import { type TinyNode, tinyNode } from '../../actions/tiny-node.ts'
import { fileStep, perform, performUnfinished, rollBackOn } from '../engine.ts'

const database = '/var/lib/kubeedge/edgecore.db'
const sqlite = (content: string): string => `SQLite format 3\0${content}`

const desired: DesiredStep[] = keepEdgecore(
  [
    fileStep(paths.edgecore, 'new'),
    { id: units.edgecore, kind: 'unit-running', spec: { unit: units.edgecore, mayFail: true }, because: [] },
  ],
  { config: paths.edgecoreConfig, database },
)

/** A node whose EdgeCore stays up when `runsWith` accepts its program and database. */
async function edgeNode(runsWith: (program: string, database: string | undefined) => boolean) {
  const node = await tinyNode()
  for (const path of ['/etc', '/usr/local/bin', '/var/lib']) await node.put(`${path}/other`, '')
  await node.put(paths.edgecore, 'old', 0o755)
  await node.put(paths.edgecoreConfig, 'modules: {}\n', 0o640)
  await node.put(database, sqlite('old'), 0o600)
  node.setUnit(units.edgecore, { active: 'active' })
  const { systemd } = node
  node.systemd = {
    ...systemd,
    async restart(unit) {
      await systemd.restart(unit)
      const works = runsWith((await node.files.read(paths.edgecore)) ?? '', await node.files.read(database))
      if (!works) node.setUnit(unit, { active: 'activating', sub: 'auto-restart' })
    },
  }
  return node
}

/** An upgrade whose proof fails, after EdgeCore has done this. */
const failedUpgrade = (node: TinyNode, edgecoreDoes: () => Promise<unknown>) =>
  perform(node, desired, {
    attempt: {
      command: 'install',
      edgekit: '0',
      bundle: null,
      edgecoreWas: { up: true, passed: [] },
    } satisfies Transaction['attempt'],
    prove: async () => {
      await edgecoreDoes()
      throw new Error('the new one does not stay up')
    },
  }).then(
    () => undefined,
    (error: { message: string; exitCode: number }) => error,
  )

// EdgeCore must stay up for 10 s.
let now = Date.now()
beforeEach(() => {
  vi.spyOn(Date, 'now').mockImplementation(() => (now += 4_000))
})

describe('a rollback of an upgrade', () => {
  test('keeps the database as it is when the old EdgeCore runs with it', async () => {
    const node = await edgeNode(() => true)
    const error = await failedUpgrade(node, async () => {
      await node.put(database, sqlite('newer'), 0o600)
      await node.put(paths.edgecoreConfig, '', 0o640)
    })
    expect(error?.exitCode).toBe(exitCodes.rolledBack)
    expect(error?.message).not.toContain('database')
    expect(await node.files.read(database)).toBe(sqlite('newer'))
    expect(await node.files.read(paths.edgecoreConfig)).toBe('modules: {}\n')
    expect(await node.files.read(paths.edgecore)).toBe('old')
    expect(await node.files.list('/var/lib/kubeedge')).toEqual(['edgecore.db'])
  })

  test.each<[what: string, leave: string | undefined]>([
    ['that no SQLite can read', 'garbage'],
    ['that only the new EdgeCore can read', sqlite('newer')],
    ['that is gone', undefined],
  ])('restores the copy of a database %s, without a foreign journal', async (_, leave) => {
    const node = await edgeNode((_, found) => found !== undefined && !found.includes('newer'))
    const error = await failedUpgrade(node, async () => {
      if (leave === undefined) return node.files.remove(database)
      await node.put(database, leave, 0o600)
      return node.put(`${database}-journal`, 'foreign', 0o600)
    })
    expect(error?.exitCode).toBe(exitCodes.rolledBack)
    expect(error?.message).toMatch(/EdgeCore's database is the copy of 20\S+Z; the newer one is in \S+db\.20/)
    expect(await node.files.read(database)).toBe(sqlite('old'))
    const aside = (await node.files.list('/var/lib/kubeedge')).filter(name => name !== 'edgecore.db')
    expect(aside).toHaveLength(leave === undefined ? 0 : 2)
    expect(aside.every(name => /^edgecore\.db\.\d{8}T/.test(name))).toBe(true)
    expect(await node.files.list(paths.state)).toEqual([])
  })

  test('is incomplete when the old EdgeCore does not run with the copy either', async () => {
    let isMended = false
    const node = await edgeNode(() => isMended)
    const error = await failedUpgrade(node, () => node.put(database, 'garbage', 0o600))
    expect(error?.exitCode).toBe(exitCodes.incomplete)
    expect(error?.message).toMatch(
      /could not be rolled back:\n {2}edgecore\.service: EdgeCore ran before but/,
    )
    expect(await node.files.read(database)).toBe(sqlite('old'))
    isMended = true
    expect(await rollBackOn(node)).toEqual([])
    expect(await node.files.list(paths.state)).toEqual([])
  })

  test('leaves an EdgeCore alone that did not run', async () => {
    const node = await edgeNode(() => false)
    node.setUnit(units.edgecore, { active: 'inactive' })
    await performUnfinished(node, desired)
    expect(await rollBackOn(node)).toEqual([])
    expect((await node.systemd.unit(units.edgecore)).active).toBe('inactive')
  })
})

test('a copy of the first attempt is kept: later EdgeCore may have changed the database', async () => {
  const node = await edgeNode(() => true)
  await performUnfinished(node, desired)
  await node.put(database, sqlite('newer'), 0o600)
  const run = await performUnfinished(node, desired)
  const copies = run.history.changes
    .filter(({ kind }) => kind === 'edgecore-copy')
    .flatMap(({ before }) => (before as EdgecoreCopy).database)
  expect(copies).toHaveLength(1)
  const [{ backup } = { backup: '' }] = copies
  expect(await node.files.read(backup)).toBe(sqlite('old'))
  expect((await node.stat(backup)).mode & 0o777).toBe(0o600)
})
