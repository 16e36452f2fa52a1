import { messageOf } from '../errors.ts'
import type { Node } from '../node/node.ts'
import type { Step } from '../step.ts'
import { actionOf, type PlannedStep } from './plan.ts'

/** What could not be put back. */
type Leftovers = readonly string[]

export interface Execution {
  steps: Step[]
  /** Put back what has been done so far, the last change first. Goes on when one of them fails. */
  rollBack(): Promise<Leftovers>
}

/** Turn a plan into steps that make its changes and remember how to undo them. */
export function execution(plan: readonly PlannedStep[], node: Node, signal: AbortSignal): Execution {
  const done: { step: PlannedStep; before: unknown }[] = []
  return {
    steps: plan.map(step => ({
      title: step.title,
      async run() {
        // Between two changes, never in the middle of one.
        signal.throwIfAborted()
        const action = actionOf(step.kind)
        const before = await action.capture(step.spec, node)
        // Before it is applied: an action that fails half way is undone as well.
        done.push({ step, before })
        await action.apply(step.spec, node)
        if ((await action.inspect(step.spec, node)) !== 'done') {
          throw new Error(`${step.title}: it was done without an error, but the node does not show it`)
        }
      },
    })),
    async rollBack() {
      const left: string[] = []
      const attempt = async (title: string, work: () => Promise<void> | undefined) => {
        try {
          await work()
        } catch (error) {
          left.push(`${title}: ${messageOf(error)}`)
        }
      }
      for (const { step, before } of done.toReversed()) {
        await attempt(step.title, () => actionOf(step.kind).revert(step.spec, before, node))
      }
      const reload = done.find(({ step }) => step.kind === 'daemon-reload')
      if (reload) await attempt(reload.step.title, () => node.systemd.reload())
      for (const { step, before } of done) {
        await attempt(step.title, () => actionOf(step.kind).resume?.(step.spec, before, node))
      }
      return left
    },
  }
}
