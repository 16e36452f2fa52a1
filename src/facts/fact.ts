/** A value that describes a node, or why it is unknown. `tookMs`: how long it took to collect. */
export type Fact<T> = ({ value: T } | { unknown: string }) & { tookMs?: number }

/** A check needs a fact that could not be collected: its status becomes `error`, not `fail`. */
export class UnknownFact extends Error {
  override readonly name = 'UnknownFact'
}

/** Return the value of a fact. Throws UnknownFact with the reason when it is unknown. */
export function requireFact<T>(fact: Fact<T>): T {
  if ('unknown' in fact) throw new UnknownFact(fact.unknown)
  return fact.value
}
