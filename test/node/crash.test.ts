import { describe, expect, test } from 'vitest'
import { cleanInstall, hasMiddle, startCrashNode } from '../../lab/crash/crashes.ts'
import type { Cut } from '../../lab/crash/cut.ts'
import { releases } from '../../lab/machine/tree.ts'

const timeout = 600_000
const snapshots = '/var/lib/containerd/io.containerd.snapshotter.v1.overlayfs/snapshots'
const clean = {
  bookworm: cleanInstall('bookworm'),
  trixie: cleanInstall('trixie'),
}
const alternate = (at: number, ...cuts: readonly [Cut, Cut]): Cut => cuts[at % 2] as Cut

// Part of `npm run test:full`, which has all cuts on all releases. In chains: each process is killed at the next change,
// and the next one continues. The result is compared with an uninterrupted install, or with an untouched
// node.
describe.concurrent('killed', () => {
  test('once in every change and continued each time: same as uninterrupted', {
    timeout,
  }, async () => {
    const { ids, changes } = await clean.bookworm
    await using node = await startCrashNode('bookworm')
    for (const [at, id] of ids.filter(hasMiddle).entries()) {
      await node.crash('install', { id, cut: alternate(at, 'in the middle', 'after change') })
    }
    await node.finish('install')
    expect(await node.changes()).toEqual(changes)
  })

  test('once in every change and once in every rollback step: untouched', { timeout }, async () => {
    const ids = (await clean.trixie).ids.filter(hasMiddle)
    await using node = await startCrashNode('trixie')
    for (const [at, id] of ids.entries()) {
      await node.crash('install', { id, cut: alternate(at, 'in the middle', 'after intent') })
    }
    for (const [at, id] of ids.toReversed().entries()) {
      await node.crash('rollback', { id, cut: alternate(at, 'before reverted', 'after reverted') })
    }
    await node.finish('rollback')
    expect(await node.changes()).toEqual([])
  })
})

test.concurrent.each(releases)(
  '%s: the power goes in an import, in a start and in a rollback',
  {
    timeout,
  },
  async release => {
    const { ids, changes } = await clean[release]
    await using node = await startCrashNode(release)
    const image = ids.find(id => id.includes('eclipse-mosquitto:')) ?? ''
    await node.powerCut('install', { id: image, cut: 'in the middle' })
    await node.powerCut('install', { id: 'mosquitto.service', cut: 'in the middle' })
    await node.powerCut('rollback', { id: image, cut: 'before reverted' })
    await node.finish('rollback')
    expect(await node.changes()).toEqual([])
    await node.powerCut('install', { id: 'edgecore.service', cut: 'in the middle' })
    await node.finish('install')
    expect(await node.changes()).toEqual(changes)
  },
)

// What containerd has unpacked is not on the disk yet: its databases list the images, and their files are empty.
test.concurrent.each(releases)(
  '%s: the power goes before an import is on the disk',
  { timeout },
  async release => {
    const { ids, changes } = await clean[release]
    const [broker = '', pause = ''] = ['eclipse-mosquitto:', 'pause:3.6'].map(name =>
      ids.find(id => id.includes(name)),
    )
    await using crashNode = await startCrashNode(release)
    const { node } = crashNode
    const cutBeforeSync = async (id: string): Promise<void> => {
      await crashNode.powerCut('install', { id, cut: 'before sync' })
      // A busy host may have written some of them after all.
      await node.sh(`find ${snapshots} -type f -exec truncate --size 0 {} +`)
    }
    await cutBeforeSync(broker)
    await crashNode.finish('rollback')
    expect(await crashNode.changes()).toEqual([])
    await cutBeforeSync(broker)
    await cutBeforeSync(pause)
    await crashNode.finish('install')
    expect(await crashNode.changes()).toEqual(changes)
    expect(await node.sh(`ctr -n k8s.io run --rm ${pause} probe /busybox echo it runs`)).toBe('it runs')
    await node.sh('edgekit doctor image-content broker-round-trip')
  },
)
