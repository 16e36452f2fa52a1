import { setTimeout as sleep } from 'node:timers/promises'
import { EdgekitError } from '../../lib/errors.ts'
import type { StepRunner } from '../../lib/step.ts'
import type { Node } from '../../node/node.ts'

/** No program of an install is given more time, milliseconds; but who would end it was killed. */
const patienceMs = 600_000

/**
 * From here on no other edgekit changes this node, until this process ends. What an edgekit that was killed had
 * started is waited for: it may still change things. Throws EdgekitError when another edgekit is at work, and when such a
 * program does not end.
 */
export async function takeLock(
  node: Node,
  command: string,
  runSteps: StepRunner,
  signal: AbortSignal,
): Promise<void> {
  if (await node.lock.take(command)) return
  const programs = node.lock.heldBy().join(', ')
  const what = `a program that an interrupted edgekit had started${programs && `: ${programs}`}`
  await runSteps([
    {
      title: `Wait for ${what}`,
      async run() {
        for (const end = Date.now() + patienceMs; !(await node.lock.take(command)); ) {
          if (Date.now() > end) throw stillRuns(what)
          await sleep(200, undefined, { signal })
        }
      },
    },
  ])
}

const stillRuns = (what: string): EdgekitError =>
  new EdgekitError(`this has not ended: ${what}`, {
    code: 'program-still-running',
    remedy:
      'See what it waits for. Stuck, it can be ended with kill -9; not even that ends it while its disk does not answer. Then run this again.',
  })
