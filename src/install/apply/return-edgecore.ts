import { messageOf } from '../../lib/errors.ts'
import type { RunStep } from '../../lib/step.ts'
import type { Node } from '../../node/node.ts'
import { units } from '../../node/paths.ts'
import type { History } from '../record/journal.ts'
import { proveEdgecore } from './edgecore-state.ts'
import { hasDatabase, hasLostDatabase, previousEdgecore, restoreDatabase } from './previous-edgecore.ts'

/** How long the previous EdgeCore must stay up; systemd restarts one that exits after 10 s. */
const stableForMs = 10_000

/** The copy of a database that EdgeCore now runs with. */
export interface RestoredDatabase {
  /** When it was made, in ISO 8601. */
  at: string
  /** Where the newer one is. */
  aside: string
}

interface Returning {
  node: Node
  runStep: RunStep
  signal: AbortSignal
  /** Called with the reason when EdgeCore does not run as before. */
  fail: (reason: string) => void
}

/**
 * Restarts services after a rollback, and proves that EdgeCore runs as before: with the database as it is, which has what the
 * cloud has sent meanwhile, and if it does not, with the copy. Returns the copy that is in use. Throws the reason of `signal`.
 */
export async function returnEdgecore(
  history: History,
  restartServices: () => Promise<void>,
  { node, runStep, signal, fail }: Returning,
): Promise<RestoredDatabase | undefined> {
  const previous = previousEdgecore(history)
  const { state, copy, aside } = previous
  const failureOf = async (title: string, work: () => Promise<void>): Promise<string | undefined> =>
    runStep(title, async note => {
      try {
        await work()
        return undefined
      } catch (error) {
        signal.throwIfAborted()
        note('failed')
        return messageOf(error)
      }
    })
  const restore = () =>
    failureOf(`Restore EdgeCore's database of ${copy?.at}`, () => restoreDatabase(previous, node))
  const prove = async () =>
    state &&
    (await failureOf(`Wait until the previous EdgeCore has been up for ${stableForMs / 1000} s`, () =>
      proveEdgecore(node, state, stableForMs, signal),
    ))
  const isLost = await hasLostDatabase(previous, node)
  let failure = isLost ? await restore() : undefined
  await restartServices()
  failure ??= await prove()
  if (failure !== undefined && !isLost && hasDatabase(copy)) {
    failure =
      (await restore()) ??
      (await failureOf('Restart EdgeCore', () => node.systemd.restart(units.edgecore))) ??
      (await prove())
  }
  if (failure !== undefined) fail(failure)
  return copy && (isLost || (await node.files.status(aside))) ? { at: copy.at, aside } : undefined
}
