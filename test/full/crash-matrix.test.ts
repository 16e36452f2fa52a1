import { afterAll, describe, expect, test } from 'vitest'
import { cleanInstall, hasMiddle, type Point, startCrashNode } from '../../lab/crash/crashes.ts'
import { cuts } from '../../lab/crash/cut.ts'
import { difference } from '../../lab/crash/whole-node.ts'
import { type Release, releases } from '../../lab/machine/tree.ts'
import { table } from '../../lab/table.ts'

const timeout = 300_000

const clean = new Map(
  await Promise.all(releases.map(async release => [release, await cleanInstall(release)] as const)),
)

/** What an install again, and what a rollback made of it; `-` where there is no such place. */
const results = new Map<string, string>()
const cell = (release: Release, { id, cut }: Point, way: string): string => `${release} ${id} ${cut} ${way}`

async function judge(release: Release, point: Point, way: 'install' | 'rollback', how: 'kill' | 'power') {
  const key = cell(release, point, `${how} ${way}`)
  results.set(key, 'WRONG')
  await using node = await startCrashNode(release)
  await (how === 'kill' ? node.crash('install', point) : node.powerCut('install', point))
  await node.finish(way)
  const expected = way === 'install' ? (clean.get(release)?.changes ?? []) : []
  expect(difference(expected, await node.changes())).toEqual([])
  results.set(key, 'ok')
}

describe.concurrent.each(releases)('%s', release => {
  const ids = clean.get(release)?.ids ?? []
  const points = ids.flatMap(id =>
    cuts.filter(cut => cut !== 'in the middle' || hasMiddle(id)).map((cut): Point => ({ id, cut })),
  )

  describe.each(points)('killed at $id, $cut', point => {
    test('install again', { timeout }, () => judge(release, point, 'install', 'kill'))
    test('rollback', { timeout }, () => judge(release, point, 'rollback', 'kill'))
  })

  // Every place where something is under way that outlives the process or is not on the disk yet, and some others.
  const heavy = ids.filter(hasMiddle).filter((_, index) => index % 3 === 0)
  describe.each(heavy.map((id): Point => ({ id, cut: 'in the middle' })))('the power goes at $id', point => {
    test('install again', { timeout }, () => judge(release, point, 'install', 'power'))
    test('rollback', { timeout }, () => judge(release, point, 'rollback', 'power'))
  })

  afterAll(() => {
    const rows = ids.map(id => [
      id,
      ...cuts.map(cut =>
        (['kill install', 'kill rollback', 'power install', 'power rollback'] as const)
          .map(way => results.get(cell(release, { id, cut }, way)) ?? '-')
          .join(' '),
      ),
    ])
    process.stdout.write(
      `\n${release}: killed, then install again or rollback; power cut, then the same\n${table([['', ...cuts], ...rows])}\n`,
    )
  })
})
