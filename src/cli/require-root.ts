import { EdgekitError } from '../lib/errors.ts'

/** Throws EdgekitError (permission-denied) for an ordinary user; `command` is what was typed, such as `install`. */
export function requireRoot(command: string): void {
  if (process.geteuid?.() === 0) return
  throw new EdgekitError(`cannot run edgekit ${command}: it must run as root`, {
    code: 'permission-denied',
    remedy: `Run it with sudo: sudo edgekit ${command}`,
  })
}
