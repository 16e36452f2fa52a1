/** What each exit code means; the same table stands in the README. */
export const exitCodes = {
  ok: 0,
  internal: 1,
  usage: 2,
  /** Refused before the first change, or (doctor) something is wrong with the node. */
  refused: 3,
  /** Failed, and everything that was changed has been put back. */
  rolledBack: 4,
  /** (doctor) There are warnings, nothing worse, and `--strict` was given. */
  onlyWarnings: 4,
  /** Failed and something could not be put back; or (doctor) something needed could not be looked at. */
  notClean: 5,
  /** Everything is in place, but the checklist found something wrong. */
  checklistFailed: 7,
  /** The terminal went away (SIGHUP), and nothing was left behind; 128 and the number of the signal. */
  hungUp: 129,
  /** Stopped by Ctrl-C (SIGINT), and nothing was left behind. */
  interrupted: 130,
  /** Stopped by SIGTERM, and nothing was left behind. */
  terminated: 143,
} as const

/** Something the operator can act on: what failed and on what, what was expected and seen, and what to do next. */
export class EdgekitError extends Error {
  override readonly name = 'EdgekitError'
  readonly exitCode: number
  readonly remedy: string | undefined

  constructor(message: string, options: { exitCode: number; remedy?: string; cause?: unknown }) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause })
    this.exitCode = options.exitCode
    this.remedy = options.remedy
  }
}

/** The words of anything thrown. */
export const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))
