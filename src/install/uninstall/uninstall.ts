import { isContainerdGone } from '../../actions/containerd-gone.ts'
import type { Kept, ReleaseContext } from '../../actions/release/release.ts'
import { EdgekitError, messageOf } from '../../lib/errors.ts'
import type { Step, StepRunner } from '../../lib/step.ts'
import type { Node } from '../../node/node.ts'
import { brokerContainer, paths, units } from '../../node/paths.ts'
import { recoveryHint, unrevertedLines } from '../apply/recovery-hint.ts'
import { rollBack } from '../apply/roll-back.ts'
import { takeLock } from '../apply/take-lock.ts'
import { interruptedRun, newRun, type Run } from '../record/open-run.ts'
import { type Receipt, type ReceiptItem, readReceipt, writeReceipt } from '../record/receipt.ts'
import { releasable } from './release-item.ts'
import { isRuntimeItem } from './runtime-items.ts'

export interface UninstallOptions {
  node: Node
  /** The data of the broker goes too, and whatever is in edgekit's own directories. */
  purge: boolean
  edgekitVersion: string
  runSteps: StepRunner
  /** When it is aborted, the step under way is finished, and the rest is left for later. */
  signal: AbortSignal
}

export interface UninstallResult {
  /** What was installed; undefined when nothing was. */
  bundle: Receipt['bundle'] | undefined
  kept: Kept[]
  /** edgekit itself and its receipt are still there, for what could not be taken back yet. */
  continues: boolean
}

/** Go last: what was interrupted can be gone on with as long as they are there. */
const programs: readonly string[] = [paths.programLink, paths.program, '/opt/edgekit/bin', '/opt/edgekit']

/**
 * Take back what installs have made of this node, by the receipt, the last first. What somebody has changed since stays
 * and is named. Killed at any moment, it is finished by running it again. Throws EdgekitError when another edgekit is
 * at work, and when it is stopped by `signal`.
 */
export async function uninstall(options: UninstallOptions): Promise<UninstallResult> {
  const { node, runSteps, signal, edgekitVersion } = options
  await takeLock(node, 'edgekit uninstall', runSteps, signal)
  const begun = await unfinished(options)
  const receipt = await readReceipt(node.files)
  if (!receipt) {
    // Killed after the receipt had gone, or put back to an untouched node just now.
    await (begun ?? newRun(node)).close(undefined)
    if (!(await node.files.status(paths.state))) await removePrograms(node)
    return { bundle: undefined, kept: [], continues: false }
  }
  const run = begun ?? newRun(node)
  const { name, kubeedgeVersion, manifestSha256 } = receipt.bundle
  const bundle = { name, kubeedgeVersion, manifestSha256 }
  await run.begin({ command: 'uninstall', edgekit: edgekitVersion, bundle })
  try {
    return { bundle: receipt.bundle, ...(await takeBack(receipt, run, options)) }
  } catch (error) {
    if (!signal.aborted || error !== signal.reason) throw error
    throw new EdgekitError(messageOf(error), {
      code: error instanceof EdgekitError ? error.code : 'stopped-midway',
      remedy: 'Run edgekit uninstall again: it goes on where it stopped.',
      cause: error,
    })
  }
}

/** The uninstall that was interrupted; an install that was is put back first. */
async function unfinished({ node, runSteps, signal }: UninstallOptions): Promise<Run | undefined> {
  const run = await interruptedRun(node)
  if (!run || run.history.begins.at(-1)?.command === 'uninstall') return run
  const { steps, left } = rollBack(run, node, signal)
  await runSteps(steps)
  if (left.length === 0) return undefined
  throw new EdgekitError(unrevertedLines(left).join('\n'), {
    code: 'rollback-incomplete',
    remedy: `An install that was interrupted has to be put back first. Mend the cause. ${recoveryHint()}`,
  })
}

async function takeBack(
  receipt: Receipt,
  run: Run,
  { node, purge, runSteps, signal }: UninstallOptions,
): Promise<Pick<UninstallResult, 'kept' | 'continues'>> {
  const kept: Kept[] = []
  const remaining: ReceiptItem[] = []
  const context = await contextFor(receipt, node, purge)
  const whyRuntimeStays = receipt.items.some(isRuntimeItem) && (await whoNeedsContainerd(context))
  const steps = receipt.items.toReversed().flatMap((item): Step[] => {
    if (programs.includes(item.id)) return []
    if (whyRuntimeStays && isRuntimeItem(item)) {
      remaining.unshift(item)
      return []
    }
    return releaseStep(item, context, signal, {
      kept: found => kept.push(...found.filter(({ what }) => !isKnown(what, kept))),
      failed: error => {
        remaining.unshift(item)
        kept.push({ what: item.id, why: `${messageOf(error)}; mend that and uninstall again` })
      },
    })
  })
  await runSteps([...steps, reloadStep(receipt, node)])
  if (whyRuntimeStays) kept.push({ what: 'containerd', why: whyRuntimeStays })
  if (remaining.length > 0) {
    const items = [...receipt.items.filter(({ id }) => programs.includes(id)), ...remaining]
    const rest: Receipt = { ...receipt, run: run.history.run, updatedAt: new Date().toISOString(), items }
    await writeReceipt(rest, node.files)
    await run.close(rest)
    return { kept, continues: true }
  }
  await node.files.remove(paths.receipt)
  await run.close(undefined)
  await removePrograms(node)
  return { kept, continues: false }
}

/** A directory that holds something that is kept needs no line of its own. */
const isKnown = (what: string, kept: readonly Kept[]): boolean =>
  kept.some(known => known.what === what || known.what.startsWith(`${what}/`))

async function contextFor({ items }: Receipt, node: Node, purge: boolean): Promise<ReleaseContext> {
  const { containerd, systemd } = node
  // What is in one of ours cannot be taken out while it stands still, as after an uninstall that was cut off.
  if (!(await containerd.answers()) && items.some(isRuntimeItem))
    await systemd.start(units.containerd).catch(() => undefined)
  const containers = (await containerd.answers())
    ? (await containerd.containers()).filter(({ id }) => id !== brokerContainer)
    : undefined
  return { node, purge, containers, neededNames: [] }
}

/** Why the containerd that came with the bundle cannot go, if it cannot. */
async function whoNeedsContainerd({ node, containers }: ReleaseContext): Promise<string | undefined> {
  if (containers)
    return containers.length > 0
      ? `containers of others are in it: ${containers.map(({ id }) => id).join(', ')}`
      : undefined
  if (await isContainerdGone(node)) return undefined
  return 'it does not answer, and containers of others may be in it; mend that and uninstall again'
}

function releaseStep(
  item: ReceiptItem,
  context: ReleaseContext,
  signal: AbortSignal,
  report: { kept: (kept: Kept[]) => unknown; failed: (error: unknown) => unknown },
): Step[] {
  const found = releasable(item)
  if (!found) return []
  const { owned, release } = found
  return [
    {
      title: release.title(owned),
      async run(note) {
        signal.throwIfAborted()
        try {
          const kept = await release.release(owned, context)
          if (kept.length > 0) note('kept')
          report.kept(kept)
        } catch (error) {
          note('failed')
          report.failed(error)
        }
      },
    },
  ]
}

/** What ran before edgekit came goes on with its own program and configuration. */
function reloadStep({ items }: Receipt, { systemd }: Node): Step {
  const before = items.filter(({ kind, ownership }) => kind === 'unit-running' && ownership === 'modified')
  return {
    title: 'Let systemd read its unit files again',
    async run() {
      await systemd.reload()
      for (const { spec } of before) {
        const { unit } = spec as { unit: string }
        if ((await systemd.unit(unit)).load === 'loaded') await systemd.restart(unit)
      }
    },
  }
}

async function removePrograms({ files }: Node): Promise<void> {
  const link = await files.status(paths.programLink)
  if (link?.kind === 'symlink' && (await files.linkTarget(paths.programLink)) === paths.program)
    await files.remove(paths.programLink)
  await files.removeTree('/opt/edgekit')
}
