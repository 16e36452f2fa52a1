import { createInterface } from 'node:readline/promises'
import { EdgekitError } from '../lib/errors.ts'
import { print, terminalText } from '../ui/print.ts'

/** Whether the user can answer a question: not in a script or a unit. The answer of the command may go into a pipe. */
export const isInteractive = (): boolean => process.stdin.isTTY && process.stderr.isTTY

/**
 * Ask the user at the terminal, on stderr. Any answer but yes, and the end of the input, means no. Throws the reason of `signal`
 * when it is aborted, as `interruptible` does on Ctrl-C.
 */
export async function confirm(question: string, signal: AbortSignal): Promise<boolean> {
  const output = process.stderr
  const terminal = createInterface({ input: process.stdin, output })
  // While readline reads a line, Ctrl-C sends no signal.
  terminal.on('SIGINT', () => process.kill(process.pid, 'SIGINT'))
  try {
    return /^y(es)?$/i.test((await terminal.question(terminalText(`${question} [y/N] `), { signal })).trim())
  } catch {
    print('\n', output)
    signal.throwIfAborted()
    return false
  } finally {
    terminal.close()
  }
}

/** Ask for confirmation on stderr. Throws EdgekitError (confirmation-required) without a terminal. */
export async function askToContinue(signal: AbortSignal): Promise<boolean> {
  if (process.stdin.isTTY) return confirm('Continue?', signal)
  throw new EdgekitError(
    'cannot ask for confirmation: standard input is not a terminal; nothing was changed',
    {
      code: 'confirmation-required',
      remedy: 'Add --yes, or run the command in a terminal.',
    },
  )
}
