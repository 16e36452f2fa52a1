import { type ErrorCode, errorCodes } from './error-codes.ts'
import { exitCodes } from './exit-codes.ts'

/** An error the operator can act on: what failed, why, and what to do next. */
export class EdgekitError extends Error {
  override readonly name = 'EdgekitError'
  readonly code: ErrorCode
  readonly remedy: string | undefined

  constructor(
    message: string,
    { code, remedy, cause }: { code: ErrorCode; remedy?: string; cause?: unknown },
  ) {
    super(message, cause === undefined ? undefined : { cause })
    this.code = code
    this.remedy = remedy
  }

  get exitCode(): number {
    return exitCodes[errorCodes[this.code][0]]
  }
}

/** The message of anything thrown. */
export const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))
