import { EdgekitError, exitCodes } from '../errors.ts'

const codes = { SIGINT: exitCodes.interrupted, SIGTERM: exitCodes.terminated } as const

/**
 * Run `work`, and when Ctrl-C or SIGTERM comes, abort its signal with an EdgekitError: it stops, cleans up and throws
 * that. A second Ctrl-C ends the process at once.
 */
export async function interruptible<T>(work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const interrupt = new AbortController()
  const onSignal = (name: 'SIGINT' | 'SIGTERM'): void =>
    interrupt.abort(new EdgekitError(`stopped by ${name}; nothing is left behind`, { exitCode: codes[name] }))
  process.once('SIGINT', onSignal).once('SIGTERM', onSignal)
  try {
    return await work(interrupt.signal)
  } finally {
    process.off('SIGINT', onSignal).off('SIGTERM', onSignal)
  }
}
