/**
 * What a test found. `fail`: a MUST of the specification is broken. `warn`: a SHOULD, or a limit that surprises. `skip`: the
 * broker lacks what the test needs. `inconclusive`: the test could not show either.
 */
export type Status = 'pass' | 'fail' | 'warn' | 'skip' | 'inconclusive'

/** Ends a test with another result than `pass`. */
export class Verdict extends Error {
  readonly status: Exclude<Status, 'pass'>

  constructor(status: Exclude<Status, 'pass'>, observed: string) {
    super(observed)
    this.status = status
  }
}

/** The broker broke a MUST. */
export const fail = (observed: string): Verdict => new Verdict('fail', observed)
/** The broker did not do what it should. */
export const warn = (observed: string): Verdict => new Verdict('warn', observed)
export const skip = (reason: string): Verdict => new Verdict('skip', reason)
/** Nothing was shown about the broker, for example because the positive control failed. */
export const inconclusive = (reason: string): Verdict => new Verdict('inconclusive', reason)
