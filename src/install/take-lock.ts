import { setTimeout as sleep } from 'node:timers/promises'
import type { Node } from '../node/node.ts'
import type { StepRunner } from '../step.ts'

/**
 * From here on no other edgekit changes this node, until this process ends. What an edgekit that was killed had
 * started is waited for: it may still change things. Throws EdgekitError when another edgekit is at work.
 */
export async function takeLock(
  node: Node,
  command: string,
  runSteps: StepRunner,
  signal: AbortSignal,
): Promise<void> {
  if (await node.lock.take(command)) return
  await runSteps([
    {
      title: 'Wait for a program that an interrupted edgekit had started',
      // Each has its own time limit, so this ends.
      async run() {
        while (!(await node.lock.take(command))) await sleep(200, undefined, { signal })
      },
    },
  ])
}
