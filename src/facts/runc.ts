import { messageOf } from '../lib/errors.ts'
import type { Collector } from './collector.ts'
import { programProblem } from './program-problem.ts'
import { findProgram } from './runtime-programs.ts'

/** A board that is busy or has a slow disk may take longer. */
const patienceMs = 10_000

export type RuncFacts =
  | { version: string }
  | { failure: string }
  /** It has not answered within this time. */
  | { slowMs: number }

/** Whether runc, which containerd runs for every container, starts at all. */
export const runc: Collector<RuncFacts> = {
  timeoutMs: 15_000,
  unchangedByInstall: true,
  async collect(node, signal) {
    const late = AbortSignal.timeout(patienceMs)
    try {
      return { version: await node.containerd.runcVersion(AbortSignal.any([signal, late])) }
    } catch (error) {
      if (late.aborted) return { slowMs: patienceMs }
      // The shell, which runs what the kernel cannot, prints the bytes of such a program.
      const [path] = await findProgram('runc', node.files)
      const problem = path === undefined ? undefined : await programProblem(path, node.files)
      return { failure: problem ?? messageOf(error) }
    }
  },
}
