import { Listr } from 'listr2'
import type { RunStep, StepCount, StepWork } from '../lib/step.ts'
import { LiveLine } from './live-line.ts'
import { print } from './print.ts'
import { paint } from './text.ts'

/**
 * Shows steps on stderr as they run: live in a terminal, elsewhere as one line when done and every 15 s until then. With
 * `silent` it prints nothing.
 */
export function stepRunner({ silent }: { silent: boolean }): RunStep {
  const isLive = process.stderr.isTTY && process.env['TERM'] !== 'dumb'
  return isLive && !silent ? runLive : (title, work) => runPlain(title, work, silent)
}

async function runLive<T>(title: string, work: StepWork<T>, count?: StepCount): Promise<T> {
  let result: Promise<T> | undefined
  const list = new Listr(
    {
      title,
      task: (_, task) => {
        result = work(text => {
          task.title = text ? `${title}: ${paint('dim', text, process.stderr)}` : title
        })
        return result
      },
    },
    {
      registerSignalListeners: false,
      renderer: LiveLine,
      rendererOptions: count ? { count: `${count.number}/${count.of}` } : {},
    },
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
    if (!silent) print(`${title}${noted && `: ${noted}`} (${soFar}${seconds} s)\n`, process.stderr)
  }
  const timer = setInterval(report, progressEveryMs, 'so far ')
  try {
    const result = await work(text => {
      noted = text
    })
    report()
    return result
  } catch (error) {
    noted = 'failed'
    report()
    throw error
  } finally {
    clearInterval(timer)
  }
}
