import { internalError } from './internal-error.ts'
import { reportError } from './report-error.ts'

/**
 * Run a command. Until it has finished, the exit code stands at 1: a promise that nothing keeps alive would end
 * Node.js without output and with exit code 0, the code of success.
 */
export async function guarded(work: () => Promise<void>, { json }: { json: boolean }): Promise<void> {
  let isFinished = false
  const report = (): void => {
    if (!isFinished) reportError(unfinished, { json })
  }
  // Not after process.exit(), which is always called with a code.
  process.once('beforeExit', report)
  process.once('exit', code => {
    if (!isFinished && code === 0) process.exitCode = unfinished.exitCode
  })
  await work()
  isFinished = true
}

const unfinished = internalError('the command ended without a result')
