import { createInterface } from 'node:readline/promises'

/** Can somebody be asked? Not in a pipe, a script or a unit. */
export const isInteractive = (): boolean => process.stdin.isTTY && process.stdout.isTTY

/** Ask the person at the terminal; anything but yes is no. Only where `isInteractive`. */
export async function confirm(question: string): Promise<boolean> {
  const terminal = createInterface({ input: process.stdin, output: process.stdout })
  try {
    return /^y(es)?$/i.test((await terminal.question(`${question} [y/N] `)).trim())
  } finally {
    terminal.close()
  }
}
