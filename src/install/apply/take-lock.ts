import { setTimeout as sleep } from 'node:timers/promises'
import { EdgekitError } from '../../lib/errors.ts'
import type { RunStep } from '../../lib/step.ts'
import type { Node } from '../../node/node.ts'

/** No program of an install gets more time; the edgekit that would have stopped it was killed. */
const waitMs = 600_000

/**
 * Keeps other edgekits from changing this node until this process ends. A program started by a killed edgekit holds the
 * lock too, because it may still make changes, and is waited for. Throws EdgekitError when another edgekit is running
 * and when such a program does not end.
 */
export async function takeLock(
  node: Node,
  command: string,
  runStep: RunStep,
  signal: AbortSignal,
): Promise<void> {
  if (await node.lock.take(command)) return
  const programs = node.lock.heldBy().join(', ')
  const holder = `a program started by an interrupted edgekit${programs && `: ${programs}`}`
  await runStep(`Wait for ${holder}`, async () => {
    for (const end = Date.now() + waitMs; !(await node.lock.take(command)); ) {
      if (Date.now() > end) throw stillRuns(holder)
      await sleep(200, undefined, { signal })
    }
  })
}

const stillRuns = (holder: string): EdgekitError =>
  new EdgekitError(`cannot lock this node: still running after 10 minutes: ${holder}`, {
    code: 'program-still-running',
    remedy:
      'Stop that program, with kill -9 if it hangs (it cannot end while its disk does not respond), then run the command again.',
  })
