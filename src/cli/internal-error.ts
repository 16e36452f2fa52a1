import { EdgekitError } from '../lib/errors.ts'

/** A defect of edgekit itself, never a mistake of the user. */
export const internalError = (reason: string, cause?: unknown): EdgekitError =>
  new EdgekitError(`internal error: ${reason}`, {
    code: 'internal-error',
    remedy: 'Run the command again with EDGEKIT_DEBUG=1 and report the output.',
    cause,
  })
