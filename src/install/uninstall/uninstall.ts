import { isContainerdGone } from '../../actions/containerd-gone.ts'
import type { Kept, RemovalContext } from '../../actions/removal.ts'
import { removeDevicesData } from '../../actions/services/devices-data.ts'
import { EdgekitError, messageOf } from '../../lib/errors.ts'
import type { RunStep } from '../../lib/step.ts'
import type { Node } from '../../node/node.ts'
import { brokerContainer, paths, units } from '../../node/paths.ts'
import { recoveryHint, unrevertedLines } from '../apply/recovery-hint.ts'
import { rollBack } from '../apply/roll-back.ts'
import { takeLock } from '../apply/take-lock.ts'
import { type EdgecoreFile, type Leftovers, readLeftovers, writeLeftovers } from '../record/leftovers.ts'
import { type Receipt, type ReceiptItem, readReceipt, writeReceipt } from '../record/receipt.ts'
import { newRun, type OpenedPast, openPast, type Run } from '../record/run.ts'
import { abandoned, deleteEdgecoreFiles, edgecoreFiles, keptEdgecoreFiles } from './edgecore-files.ts'
import { inUse, leftover } from './leftovers.ts'
import { removalOf } from './removal-of.ts'
import { runningPods } from './running-pods.ts'
import { isRuntimeItem } from './runtime-items.ts'

export interface UninstallOptions {
  node: Node
  /** Also remove the broker's data, what EdgeCore has stored, and everything in edgekit's own directories. */
  purge: boolean
  edgekitVersion: string
  runStep: RunStep
  /** When aborted, the current step is finished and the rest is left for later. */
  signal: AbortSignal
}

export interface UninstallResult {
  /** What was installed; undefined when nothing was. */
  bundle: Receipt['bundle'] | undefined
  kept: Kept[]
  /** What an earlier uninstall had left and this one has removed. */
  purged: string[]
  /** edgekit and its receipt are still there for what could not be removed yet. */
  continues: boolean
}

/** Removed last: an interrupted uninstall needs them to continue. */
const programs: readonly string[] = [paths.programLink, paths.program, '/opt/edgekit/bin', '/opt/edgekit']

/**
 * Removes what installs have put on this node, by the receipt, the last first. What was changed since stays and is
 * listed. Can be repeated after a kill at any moment. Throws EdgekitError when another edgekit is running and when it is
 * stopped by `signal`.
 */
export async function uninstall(options: UninstallOptions): Promise<UninstallResult> {
  const { node, runStep, signal, edgekitVersion } = options
  await takeLock(node, 'edgekit uninstall', runStep, signal)
  const past = await openPast(node)
  const { receipt } = past
  const run = (await interruptedUninstall(past, options)) ?? newRun(node)
  const leftovers = await readLeftovers(node.files)
  if (!receipt) {
    // Killed after the receipt was gone, or an interrupted first install has just been rolled back.
    const removed = await removeLeftovers(leftovers, options)
    await writeLeftovers(removed.left, node.files)
    await run.close(undefined)
    if (
      leftovers.items.length + leftovers.edgecoreFiles.length > 0 ||
      !(await node.files.status(paths.state))
    )
      await removePrograms(node)
    return { bundle: undefined, kept: removed.kept, purged: removed.purged, continues: false }
  }
  const { name, kubeedgeVersion, manifestSha256 } = receipt.bundle
  const bundle = { name, kubeedgeVersion, manifestSha256 }
  await run.begin({ command: 'uninstall', edgekit: edgekitVersion, bundle })
  try {
    return { bundle: receipt.bundle, ...(await removeAll(receipt, leftovers, run, options)) }
  } catch (error) {
    if (!signal.aborted || error !== signal.reason) throw error
    throw new EdgekitError(messageOf(error), {
      code: error instanceof EdgekitError ? error.code : 'stopped-midway',
      remedy: 'Run edgekit uninstall again to continue.',
      cause: error,
    })
  }
}

/** The interrupted uninstall to continue; an interrupted install is rolled back first. */
async function interruptedUninstall(
  { interrupted, receipt }: OpenedPast,
  { node, runStep, signal }: UninstallOptions,
): Promise<Run | undefined> {
  if (!interrupted || interrupted.history.begins.at(-1)?.command === 'uninstall') return interrupted
  const { unreverted } = await rollBack(interrupted, receipt, node, runStep, signal)
  if (unreverted.length === 0) return undefined
  throw new EdgekitError(
    [
      'cannot uninstall: an interrupted install must be rolled back first',
      ...unrevertedLines(unreverted),
    ].join('\n'),
    { code: 'rollback-incomplete', remedy: `Fix the cause. ${recoveryHint()}` },
  )
}

async function removeAll(
  receipt: Receipt,
  leftovers: Leftovers,
  run: Run,
  options: UninstallOptions,
): Promise<Omit<UninstallResult, 'bundle'>> {
  const { node, purge, runStep, signal } = options
  const context = await contextFor(receipt, node, purge)
  const made = await edgecoreFiles(receipt, node)
  const runtimeStays = receipt.items.some(isRuntimeItem) ? await runtimeUse(context) : undefined
  const kept: Kept[] = []
  const remaining: ReceiptItem[] = []
  const left: ReceiptItem[] = []
  for (const item of receipt.items.toReversed()) {
    if (programs.includes(item.id)) continue
    if (runtimeStays !== undefined && isRuntimeItem(item)) {
      remaining.unshift(item)
      continue
    }
    signal.throwIfAborted()
    const { stays, failed } = await removeItem(item, context, runStep)
    if (failed) remaining.unshift(item)
    if (stays.some(({ purgeable }) => purgeable)) left.unshift(leftover(item))
    kept.push(...stays.filter(({ what }) => !isListed(what, kept)))
  }
  await reload(receipt, node, runStep)
  if (runtimeStays !== undefined) kept.push({ what: 'containerd', why: runtimeStays })
  kept.push(...(await runningPods(context.containers ?? [], node)))
  const earlier = await removeLeftovers(
    { ...leftovers, edgecoreFiles: [...leftovers.edgecoreFiles, ...made] },
    options,
  )
  kept.push(...earlier.kept.filter(({ what }) => !isListed(what, kept)))
  const { purged } = earlier
  // Of two records of one thing, the older has what was there before edgekit.
  const items = [...new Map([...left, ...earlier.left.items].map(item => [item.id, item])).values()]
  await writeLeftovers({ ...earlier.left, items }, node.files)
  if (remaining.length > 0) {
    const { previous: _, ...installed } = receipt
    const rest: Receipt = {
      ...installed,
      run: run.history.run,
      updatedAt: new Date().toISOString(),
      items: [...receipt.items.filter(({ id }) => programs.includes(id)), ...remaining],
    }
    await writeReceipt(rest, node.files)
    await run.close(rest)
    return { kept, purged, continues: true }
  }
  await node.files.remove(paths.receipt)
  await run.close(undefined)
  await removePrograms(node)
  return { kept, purged, continues: false }
}

/** What earlier uninstalls have left: with `purge` it goes, otherwise it is listed again. */
async function removeLeftovers(
  { items, edgecoreFiles: known }: Leftovers,
  { node, purge, runStep, signal }: UninstallOptions,
): Promise<{ kept: Kept[]; left: Leftovers; purged: string[] }> {
  const kept: Kept[] = []
  const left: ReceiptItem[] = []
  const purged: string[] = []
  for (const item of items.toReversed()) {
    signal.throwIfAborted()
    const used = await inUse(item, node)
    const { stays, failed } = used
      ? { stays: [used], failed: false }
      : await removeItem(item, { node, purge, containers: [], neededNames: [] }, runStep)
    if (failed || stays.some(({ purgeable }) => purgeable)) left.unshift(item)
    else if (purge && stays.length === 0) purged.unshift(item.id)
    kept.push(...stays.filter(({ what }) => !isListed(what, kept)))
  }
  const files = await abandoned(known, node)
  if (purge && files.length > 0) {
    await runStep('Delete what EdgeCore has stored', () => deleteEdgecoreFiles(files, node))
    purged.unshift(...files.map(({ path }) => path))
  } else kept.push(...keptEdgecoreFiles(files))
  if (await node.files.status(paths.devices)) {
    if (purge) {
      await runStep('Delete what devices have published', () => removeDevicesData(node.files))
      purged.unshift(paths.devices)
    } else kept.push({ what: paths.devices, why: 'what devices have published', purgeable: true })
  }
  return { kept, left: { items: left, edgecoreFiles: purge ? [] : files }, purged }
}

/** What a purge deletes that the user may want to keep: named in the question. Read-only. */
export async function purgeableSecrets(node: Node): Promise<EdgecoreFile[]> {
  const [leftovers, receipt] = [await readLeftovers(node.files), await readReceipt(node.files)]
  const known = [
    ...(await abandoned(leftovers.edgecoreFiles, node)),
    ...(receipt ? await edgecoreFiles(receipt, node) : []),
  ]
  const secret = known.filter(({ secret }) => secret !== undefined)
  return [...new Map(secret.map(file => [file.path, file])).values()]
}

/** A directory that holds something listed needs no line of its own. */
const isListed = (what: string, kept: readonly Kept[]): boolean =>
  kept.some(listed => listed.what === what || listed.what.startsWith(`${what}/`))

async function contextFor({ items }: Receipt, node: Node, purge: boolean): Promise<RemovalContext> {
  const { containerd, systemd } = node
  // Images cannot be removed from a stopped containerd, as an interrupted uninstall leaves one that came with a bundle.
  if (!(await containerd.answers()) && items.some(isRuntimeItem))
    await systemd.start(units.containerd).catch(() => undefined)
  const containers = (await containerd.answers())
    ? (await containerd.containers()).filter(({ id }) => id !== brokerContainer)
    : undefined
  return { node, purge, containers, neededNames: [] }
}

/** Why a containerd that came with the bundle must stay; undefined when it can be removed. */
async function runtimeUse({ node, containers }: RemovalContext): Promise<string | undefined> {
  if (containers)
    return containers.length > 0
      ? `used by containers ${containers.map(({ id }) => id).join(', ')}`
      : undefined
  if (await isContainerdGone(node)) return undefined
  return 'does not answer and may run other containers; fix that and uninstall again'
}

async function removeItem(
  item: ReceiptItem,
  context: RemovalContext,
  runStep: RunStep,
): Promise<{ stays: Kept[]; failed: boolean }> {
  const found = removalOf(item)
  if (!found) return { stays: [], failed: false }
  const { owned, removal } = found
  return runStep(removal.title(owned), async note => {
    try {
      const stays = await removal.remove(owned, context)
      if (stays.length > 0) note('kept')
      return { stays, failed: false }
    } catch (error) {
      note('failed')
      const why = `${messageOf(error)}; fix that and uninstall again`
      return { stays: [{ what: item.id, why }], failed: true }
    }
  })
}

/** Units that ran before edgekit came are restarted with their own program and configuration. */
async function reload({ items }: Receipt, { systemd }: Node, runStep: RunStep): Promise<void> {
  const previous = items.filter(({ kind, ownership }) => kind === 'unit-running' && ownership === 'modified')
  await runStep('Reload systemd', async () => {
    await systemd.reload()
    for (const { spec } of previous) {
      const { unit } = spec as { unit: string }
      if ((await systemd.unit(unit)).load === 'loaded') await systemd.restart(unit)
    }
  })
}

async function removePrograms({ files }: Node): Promise<void> {
  const link = await files.status(paths.programLink)
  if (link?.kind === 'symlink' && (await files.linkTarget(paths.programLink)) === paths.program)
    await files.remove(paths.programLink)
  await files.removeTree('/opt/edgekit')
}
