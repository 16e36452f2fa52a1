import type { RunParts } from '../context.ts'
import { Linter } from '../lint/linter.ts'
import { Pulse } from '../pulse.ts'
import type { Target } from '../target.ts'
import { Trace } from '../trace.ts'

/** For connections that are not part of a test: nothing of them is kept. */
export const plainParts = (
  target: Target,
  run: string,
  signal: AbortSignal = new AbortController().signal,
): Omit<RunParts, 'capabilities'> => ({
  target,
  run,
  signal,
  trace: new Trace(async () => {}),
  linter: new Linter(),
  pulse: new Pulse(),
  listeners: [],
  deniedTopic: undefined,
  nodeName: undefined,
  resendMs: 0,
})
