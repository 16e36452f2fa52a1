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
 * stops and throws that, or one of its own that says more. `outcome`: what can be said of the stop by then. A second Ctrl-C ends the
 * process at once.
 */
export async function interruptible<T>(
  work: (signal: AbortSignal) => Promise<T>,
  outcome = 'nothing is left behind',
): Promise<T> {
  const interrupt = new AbortController()
  const onSignal = (name: Name): void =>
    interrupt.abort(new EdgekitError(`stopped by ${name}; ${outcome}`, { exitCode: codes[name] }))
  for (const name of names) process.once(name, onSignal)
  try {
    return await work(interrupt.signal)
  } finally {
    for (const name of names) process.off(name, onSignal)
  }
}
