import { EdgekitError } from '../lib/errors.ts'

const codes = {
  SIGHUP: 'stopped-by-sighup',
  SIGINT: 'stopped-by-sigint',
  SIGTERM: 'stopped-by-sigterm',
} as const
type Name = keyof typeof codes
const names = Object.keys(codes) as Name[]

/**
 * Run `work` with a signal that Ctrl-C, SIGTERM and SIGHUP abort with an EdgekitError. When `work` then throws that
 * error, `outcome` is added to its message; an error of its own passes unchanged. A second Ctrl-C ends the process at once.
 */
export async function interruptible<T>(
  work: (signal: AbortSignal) => Promise<T>,
  outcome = 'nothing is left behind',
): Promise<T> {
  const interrupt = new AbortController()
  let stopped: EdgekitError | undefined
  const stopListening = (): void => {
    for (const name of names) process.off(name, onSignal)
  }
  // Stays registered: packages that restore the cursor on a signal end the process when theirs is the only listener.
  const onSignal = (name: Name): void => {
    // SIGHUP can arrive twice, from the kernel and from the shell.
    if (stopped && name === 'SIGINT') {
      stopListening()
      process.kill(process.pid, name)
    }
    stopped ??= new EdgekitError(`stopped by ${name}`, { code: codes[name] })
    interrupt.abort(stopped)
  }
  for (const name of names) process.on(name, onSignal)
  try {
    return await work(interrupt.signal)
  } catch (error) {
    if (stopped === undefined || error !== stopped) throw error
    throw new EdgekitError(`${stopped.message}; ${outcome}`, { code: stopped.code })
  } finally {
    stopListening()
  }
}
