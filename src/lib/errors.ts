import { constants } from 'node:os'
import { getSystemErrorMessage } from 'node:util'
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

/** The name of a failed system call's error (errno(3)). Node.js has no code for some, such as EDQUOT. */
export function systemErrorName(error: unknown): string | undefined {
  const errno = error instanceof Error && 'errno' in error ? -Number(error.errno) : undefined
  return Object.entries(constants.errno).find(([, number]) => number === errno)?.[0]
}

/**
 * The message of anything thrown. A failed system call gives its description only (`no such file or directory`): the
 * caller names the file or host, and errno names mean nothing to most readers.
 */
export function messageOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  const { code, errno, syscall } = error as NodeJS.ErrnoException
  if (code === 'ENOTFOUND') return 'host name not found'
  if (code === 'EAI_AGAIN') return 'host name not found: no DNS server answers'
  if (code === 'EISDIR') return 'it is a directory'
  if (systemErrorName(error) === 'EDQUOT') return 'disk quota exceeded'
  return errno === undefined || syscall === undefined ? error.message : getSystemErrorMessage(errno)
}
