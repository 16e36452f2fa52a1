import { isAsLeft } from '../actions/files/edgecore-config.ts'
import type { FileSpec } from '../actions/files/file.ts'
import { EdgekitError } from '../lib/errors.ts'
import type { RunStep } from '../lib/step.ts'
import type { Files } from '../node/files.ts'
import type { Node } from '../node/node.ts'
import { interruptedBefore } from './apply/interrupted-before.ts'
import type { RollBack } from './apply/roll-back.ts'
import { takeLock } from './apply/take-lock.ts'
import type { Change } from './record/journal.ts'
import { damageTo, type Kept, readKept, returnCommand } from './record/previous.ts'
import type { Receipt } from './record/receipt.ts'
import { openPast, reopen } from './record/run.ts'
import { rollBackRun } from './undo-interrupted.ts'

export interface Returned extends RollBack {
  /** The version that runs now, such as `v1.22.1`. */
  kubeedgeVersion: string
  /** Copies of configuration files as they were until now. */
  copies: string[]
}

/**
 * Undoes the last upgrade of a node with what it has kept. From the first change on it is an interrupted run, which `edgekit
 * rollback` continues. Throws EdgekitError when nothing is kept, or something of it is gone, and like a rollback.
 */
export async function returnToPrevious(
  node: Node,
  edgekitVersion: string,
  runStep: RunStep,
  signal: AbortSignal,
): Promise<Returned> {
  await takeLock(node, `edgekit ${returnCommand}`, runStep, signal)
  const { interrupted, receipt } = await openPast(node)
  if (interrupted) throw interruptedBefore('return to the previous version', interrupted.history)
  const { kept, kubeedgeVersion } = await requireKept(receipt, node.files)
  signal.throwIfAborted()
  const copies = await runStep('Copy the current configuration', () =>
    copyConfiguration(kept, `.${receipt?.bundle.kubeedgeVersion}`, node),
  )
  const reopened = await reopen(node, kept.journal, {
    command: returnCommand,
    edgekit: edgekitVersion,
    bundle: kept.receipt.bundle,
  })
  return { ...(await rollBackRun(reopened, node, runStep, signal)), kubeedgeVersion, copies }
}

async function requireKept(
  receipt: Receipt | undefined,
  files: Files,
): Promise<{ kept: Kept; kubeedgeVersion: string }> {
  if (!receipt?.previous) {
    throw new EdgekitError('cannot return to a previous version: this node was not upgraded', {
      code: 'nothing-to-return-to',
      remedy: 'Install the bundle of the other version:\n  sudo ./edgekit upgrade --allow-downgrade',
    })
  }
  const { kubeedgeVersion } = receipt.previous
  const kept = await readKept(receipt.previous, files)
  const damage = kept && (await damageTo(kept, files))
  if (kept && damage?.length === 0) return { kept, kubeedgeVersion }
  throw new EdgekitError(
    [
      `cannot return to ${kubeedgeVersion}: what the upgrade kept is gone or damaged`,
      ...(damage ?? []).map(path => `  ${path}`),
    ].join('\n'),
    {
      code: 'nothing-to-return-to',
      remedy: `Install the bundle of ${kubeedgeVersion}:\n  sudo ./edgekit upgrade --allow-downgrade`,
    },
  )
}

/** Copies what the user has changed since the upgrade. Returns the paths of the copies. */
async function copyConfiguration({ journal }: Kept, suffix: string, node: Node): Promise<string[]> {
  const changes = journal.history?.changes.filter(({ state }) => state !== 'reverted') ?? []
  const changed: string[] = []
  for (const path of new Set(changes.flatMap(pathOf))) {
    const found = await node.files.status(path)
    if (found?.kind !== 'file' || !(await isChanged(path, changes, node))) continue
    await node.files.write(path + suffix, { copyOf: path, keepTime: true }, found)
    changed.push(path + suffix)
  }
  return changed
}

const pathOf = ({ kind, spec }: Change): string[] => {
  const { path = '', ours } = spec as Partial<FileSpec>
  return kind === 'edgecore-config' || (kind === 'file' && !ours) ? [path] : []
}

async function isChanged(path: string, changes: readonly Change[], node: Node): Promise<boolean> {
  const last = changes.findLast(({ id }) => id === path)
  if (last?.kind !== 'file') return !(await isAsLeft(path, last?.after, node))
  return (await node.files.sha256(path)) !== (last.spec as FileSpec).sha256
}
