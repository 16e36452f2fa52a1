/** A program cannot be started, does not end in time, or, with `run`, fails. */
export class CommandError extends Error {
  override readonly name = 'CommandError'
}
