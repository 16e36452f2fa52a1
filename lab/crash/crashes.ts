import { access, rm } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import { bundleLayer, bundleOnNode } from '../bundles/bundle.ts'
import { pathInside } from '../machine/inside.ts'
import { type LabNode, type Release, type RunResult, startNode } from '../machine/node.ts'
import { pristineTree } from '../machine/tree.ts'
import { type Cut, reached } from './cut.ts'
import { crashingEdgekit, crashLayer } from './executable.ts'
import { difference, wholeNode } from './whole-node.ts'

const minutes = 60_000
/** As run from an unpacked bundle, without the launcher, which only checks the program. */
const edgekit = `${bundleOnNode}/bin/edgekit`

type Command = 'install' | 'rollback'
const argumentsOf = { install: `install ${bundleOnNode}`, rollback: 'rollback' } as const

/** A point at which a process ends: the id of a change, and where in that change. */
export interface Point {
  id: string
  cut: Cut
}

/** A node whose edgekit can be told where to end. */
export interface CrashNode {
  node: LabNode
  untouched: string[]
  /** Run the command, which must end at this point; throws otherwise. */
  crash(command: Command, point: Point): Promise<void>
  /** The same with a power cut at this point, and a boot after it. */
  powerCut(command: Command, point: Point): Promise<void>
  /** Run the command to completion; throws when it fails. */
  finish(command: Command): Promise<void>
  /** Differences from the state before everything. */
  changes(): Promise<string[]>
}

export async function startCrashNode(release: Release): Promise<CrashNode & AsyncDisposable> {
  const layers = [await crashLayer(), await bundleLayer(), await pristineTree(release)]
  const node = await startNode({ release, certificates: true, disk: { layers } })
  const untouched = await wholeNode(node)
  const start = (command: Command, { id, cut }: Point, power: boolean) =>
    // A shell waits for it and does not stop with it.
    node.run(`${crashingEdgekit} ${argumentsOf[command]}; exit $?`, {
      env: { LAB_CUT_ID: id, LAB_CUT: cut, ...(power && { LAB_CUT_POWER: 'yes' }) },
      timeoutMs: 3 * minutes,
    })
  return {
    node,
    untouched,
    async crash(command, point) {
      const { exitCode, stdout, stderr } = await start(command, point, false)
      if (exitCode !== 137) throw new Error(`${command} ended with ${exitCode}\n${stdout}\n${stderr}`)
    },
    async powerCut(command, point) {
      let ended: RunResult | undefined
      const run = start(command, point, true).then(
        result => {
          ended = result
        },
        () => undefined,
      )
      const mark = await pathInside(node.root, reached)
      for (const end = Date.now() + 3 * minutes; ; await sleep(20)) {
        if (
          await access(mark).then(
            () => true,
            () => false,
          )
        )
          break
        if (ended)
          throw new Error(`${command} ended with ${ended.exitCode}\n${ended.stdout}\n${ended.stderr}`)
        if (Date.now() > end) throw new Error(`${command} does not come to "${point.cut}" of ${point.id}`)
      }
      await node.powerCut()
      await run
      await rm(mark, { force: true })
      await node.boot()
    },
    async finish(command) {
      const { exitCode, stdout, stderr } = await node.run(`${edgekit} ${argumentsOf[command]}`, {
        timeoutMs: 3 * minutes,
      })
      if (exitCode !== 0) throw new Error(`${command} ended with ${exitCode}\n${stdout}\n${stderr}`)
    },
    changes: async () => difference(untouched, await wholeNode(node)),
    [Symbol.asyncDispose]: () => node.remove(),
  }
}

/** The changes of an undisturbed install on a node of this release, in order, and the resulting node. */
export async function cleanInstall(release: Release): Promise<{ ids: string[]; changes: string[] }> {
  await using crashNode = await startCrashNode(release)
  const { node } = crashNode
  const log = '/root/crash/changes'
  await node.sh(`${crashingEdgekit} ${argumentsOf.install}`, {
    env: { LAB_CHANGES: log },
    timeoutMs: 3 * minutes,
  })
  return { ids: (await node.read(log)).trim().split('\n'), changes: await crashNode.changes() }
}

/** Changes without a write or a program in the middle. */
export const hasMiddle = (id: string): boolean => !id.endsWith(' answers')
