/** Why something is as it is, in words for the operator. */
export interface Cause {
  /** Stable name of the cause. */
  code: string
  text: string
  remedy: string
}

/** A cause and the words in the log that give it away. */
export interface KnownCause extends Cause {
  pattern: RegExp
}

/** The first entry whose pattern is in the text. */
export function causeOf(known: readonly KnownCause[], said: string): Cause | undefined {
  const found = known.find(({ pattern }) => pattern.test(said))
  return found && { code: found.code, text: found.text, remedy: found.remedy }
}
