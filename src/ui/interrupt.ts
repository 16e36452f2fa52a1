import { EdgekitError, exitCodes } from '../errors.ts'

const codes = {
  SIGHUP: exitCodes.hungUp,
  SIGINT: exitCodes.interrupted,
  SIGTERM: exitCodes.terminated,
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
  const onSignal = (name: Name): void => {
    stopped = new EdgekitError(`stopped by ${name}`, { exitCode: codes[name] })
    interrupt.abort(stopped)
  }
  for (const name of names) process.once(name, onSignal)
  try {
    return await work(interrupt.signal)
  } catch (error) {
    if (stopped === undefined || error !== stopped) throw error
    throw new EdgekitError(`${stopped.message}; ${outcome}`, { exitCode: stopped.exitCode })
  } finally {
    for (const name of names) process.off(name, onSignal)
  }
}
