import { Listr } from 'listr2'
import type { RunStep, StepWork } from '../lib/step.ts'
import { print, terminalText } from './print.ts'
import { paint, width } from './text.ts'

/**
 * Shows steps as they run: live in a terminal, elsewhere as one line when done and every 15 s until then. With `silent`
 * it prints nothing.
 */
export function stepRunner({ silent }: { silent: boolean }): RunStep {
  return process.stdout.isTTY && !silent ? runLive : (title, work) => runPlain(title, work, silent)
}

async function runLive<T>(title: string, work: StepWork<T>): Promise<T> {
  sizeSerialConsole(process.stdout)
  let result: Promise<T> | undefined
  const list = new Listr(
    {
      title: terminalText(title),
      task: (_, task) => {
        result = work(text => {
          task.title = terminalText(`${title} ${paint('dim', text)}`)
        })
        return result
      },
    },
    { registerSignalListeners: false, renderer: 'default' },
  )
  await list.run()
  if (!result) throw new Error(`internal error: step not run: ${title}`)
  return result
}

/** A pipeline log without output for longer looks as if the job hung. */
const progressEveryMs = 15_000

async function runPlain<T>(title: string, work: StepWork<T>, silent: boolean): Promise<T> {
  const started = performance.now()
  let noted = ''
  const report = (soFar = '') => {
    const seconds = ((performance.now() - started) / 1000).toFixed(1)
    if (!silent) print(`${title}${noted && `: ${noted}`} (${soFar}${seconds} s)\n`)
  }
  const timer = setInterval(report, progressEveryMs, 'so far ')
  try {
    const result = await work(text => {
      noted = text
    })
    report()
    return result
  } finally {
    clearInterval(timer)
  }
}

/** A serial console reports a size of 0 by 0, which would make a live list one column wide. */
function sizeSerialConsole(stream: NodeJS.WriteStream): void {
  stream.columns ||= width
  stream.rows ||= 24
}
