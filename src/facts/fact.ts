/** One thing known about a node, or why it is not known. */
export type Fact<T> = { value: T } | { unknown: string }

/** Thrown by a check that needs a fact which could not be collected: the check then says `error`, not `fail`. */
export class UnknownFact extends Error {
  override readonly name = 'UnknownFact'
}

/** The value of a fact. Throws UnknownFact with the reason when there is none. */
export function requireFact<T>(fact: Fact<T>): T {
  if ('unknown' in fact) throw new UnknownFact(fact.unknown)
  return fact.value
}
