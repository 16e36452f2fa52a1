import { Listr } from 'listr2'
import type { Step } from '../step.ts'
import { paint, width } from './text.ts'

/**
 * Run steps one after another and show them: a live list in a terminal, a line each elsewhere, nothing when `silent`.
 * It is a view only: the first error ends the run and is thrown as it is; whoever made the steps cleans up.
 */
export async function runSteps(steps: readonly Step[], { silent }: { silent: boolean }): Promise<void> {
  const terminal = process.stdout.isTTY && !silent
  if (!terminal) {
    for (const { title, run } of steps) {
      const started = performance.now()
      let said = ''
      await run(text => {
        said = text
      })
      const seconds = ((performance.now() - started) / 1000).toFixed(1)
      if (!silent) process.stdout.write(`${title}${said && `: ${said}`} (${seconds} s)\n`)
    }
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

/** A serial console has no size to ask for, and is told as 0 by 0: a column for each letter of a live list. */
function sizeOfSerialConsole(stream: NodeJS.WriteStream): void {
  stream.columns ||= width
  stream.rows ||= 24
}
