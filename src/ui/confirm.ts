import { createInterface } from 'node:readline/promises'

/** Ask the person at the terminal; anything but yes is no. Only where `process.stdin` and `process.stdout` are one. */
export async function confirm(question: string): Promise<boolean> {
  const terminal = createInterface({ input: process.stdin, output: process.stdout })
  try {
    return /^y(es)?$/i.test((await terminal.question(`${question} [y/N] `)).trim())
  } finally {
    terminal.close()
  }
}
