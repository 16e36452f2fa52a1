import { EdgekitError } from '../lib/errors.ts'

const codes = {
  SIGHUP: 'stopped-by-sighup',
  SIGINT: 'stopped-by-sigint',
  SIGTERM: 'stopped-by-sigterm',
} as const
type Name = keyof typeof codes
const names = Object.keys(codes) as Name[]

/**
 * Run `work`, and when Ctrl-C, SIGTERM or the end of the terminal comes, abort its signal with an EdgekitError: it
 * stops and throws that, to which `outcome` is added, or an error of its own that says more. A second Ctrl-C ends the
 * process at once.
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
  // It stays a listener while it is called: the packages that show a cursor again when the process is killed end it
  // themselves when theirs is the only one.
  const onSignal = (name: Name): void => {
    // The end of a connection may be told twice, by the kernel and by the shell.
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
