/** A program could not be run, did not end in time, or (with `run`) ended with a failure. */
export class CommandError extends Error {
  override readonly name = 'CommandError'
}
