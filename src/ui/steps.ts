import { Listr } from 'listr2'
import type { Step } from '../lib/step.ts'
import { paint, width } from './text.ts'

/**
 * Run steps one after another and show them: a live list in a terminal; elsewhere a line for each when it is done, and every
 * 15 s until then; nothing when `silent`.
 * It is a view only: the first error ends the run and is thrown as it is; whoever made the steps cleans up.
 */
export async function runSteps(steps: readonly Step[], { silent }: { silent: boolean }): Promise<void> {
  const terminal = process.stdout.isTTY && !silent
  if (!terminal) {
    for (const step of steps) await runPlainly(step, silent)
    return
  }
  sizeOfSerialConsole(process.stdout)
  await new Listr(
    steps.map(({ title, run }) => ({
      title,
      task: (_, task) =>
        run(text => {
          task.title = `${title} ${paint('dim', text)}`
        }),
    })),
    { registerSignalListeners: false, renderer: 'default' },
  ).run()
}

/** In the log of a pipeline what is silent for long looks as if it hung, milliseconds. */
const signOfLifeMs = 15_000

async function runPlainly({ title, run }: Step, silent: boolean): Promise<void> {
  const started = performance.now()
  let said = ''
  const print = (soFar = '') => {
    const seconds = ((performance.now() - started) / 1000).toFixed(1)
    if (!silent) process.stdout.write(`${title}${said && `: ${said}`} (${soFar}${seconds} s)\n`)
  }
  const signs = setInterval(print, signOfLifeMs, 'so far ')
  try {
    await run(text => {
      said = text
    })
  } finally {
    clearInterval(signs)
  }
  print()
}

/** A serial console has no size to ask for, and is told as 0 by 0: a column for each letter of a live list. */
function sizeOfSerialConsole(stream: NodeJS.WriteStream): void {
  stream.columns ||= width
  stream.rows ||= 24
}
