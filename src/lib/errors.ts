/** What `install`, `rollback` and `uninstall` end with, and what it means. */
const table = {
  ok: [0, 'done, or nothing to do'],
  internal: [1, 'an error inside edgekit; please report it'],
  usage: [2, 'wrong usage'],
  refused: [3, 'refused: damaged bundle, wrong machine, something in the way; nothing has been changed'],
  rolledBack: [4, 'failed, and everything that had been changed has been put back'],
  notClean: [5, 'failed, and the node is between two states; what it prints says how to go on'],
  locked: [6, 'another edgekit is at work on this node'],
  checklistFailed: [7, 'installed, but the checklist found something'],
  leftThings: [8, 'uninstalled, but something was left; what it prints says what and why'],
  hungUp: [129, 'stopped by the end of the terminal (SIGHUP)'],
  interrupted: [130, 'stopped by Ctrl-C (SIGINT)'],
  terminated: [143, 'stopped by SIGTERM'],
} as const satisfies Record<string, readonly [code: number, meaning: string]>

type Outcome = keyof typeof table

/**
 * The exit code of each outcome. `doctor` has its own meaning for three: 3 something is wrong, 4 there are warnings and
 * `--strict` was given, 5 something needed could not be looked at.
 */
export const exitCodes = {
  ...(Object.fromEntries(Object.entries(table).map(([outcome, [code]]) => [outcome, code])) as {
    [K in Outcome]: (typeof table)[K][0]
  }),
  onlyWarnings: 4,
} as const

/** The lines of the table in `--help` and in the README. */
export const exitCodeMeanings: readonly (readonly [code: number, meaning: string])[] = Object.values(table)

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
