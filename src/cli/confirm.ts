import { createInterface } from 'node:readline/promises'
import { EdgekitError } from '../lib/errors.ts'

/** Can somebody be asked? Not in a pipe, a script or a unit. */
export const isInteractive = (): boolean => process.stdin.isTTY && process.stdout.isTTY

/**
 * Ask the person at the terminal; anything but yes is no, the end of the input too. Only where there is one. Throws the
 * reason of `signal` when that is aborted meanwhile, as Ctrl-C does below `interruptible`.
 */
export async function confirm(
  question: string,
  signal: AbortSignal,
  output: NodeJS.WriteStream = process.stdout,
): Promise<boolean> {
  const terminal = createInterface({ input: process.stdin, output })
  // While a line is read Ctrl-C is a key like any other.
  terminal.on('SIGINT', () => process.kill(process.pid, 'SIGINT'))
  try {
    return /^y(es)?$/i.test((await terminal.question(`${question} [y/N] `, { signal })).trim())
  } catch {
    output.write('\n')
    signal.throwIfAborted()
    return false
  } finally {
    terminal.close()
  }
}

/** Asks in a terminal. Throws EdgekitError (usage) where there is nobody to ask. */
export async function askToGoOn(signal: AbortSignal): Promise<boolean> {
  if (!process.stdin.isTTY) {
    throw new EdgekitError('there is nobody to ask whether to do this; nothing has been changed', {
      code: 'confirmation-required',
      remedy: 'Say --yes as well, or run it in a terminal.',
    })
  }
  return confirm('Do this?', signal, process.stderr)
}
