const minuteMs = 60_000
const minutes = 60

/** How often something happened in the last hour, to the minute. */
export class RecentCount {
  readonly #now: () => number
  readonly #counts = new Map<number, number>()

  /** `now`: monotonic, in ms. */
  constructor(now: () => number = () => performance.now()) {
    this.#now = now
  }

  add(count: number): void {
    if (count === 0) return
    const minute = this.#forgetOld()
    this.#counts.set(minute, (this.#counts.get(minute) ?? 0) + count)
  }

  get total(): number {
    this.#forgetOld()
    return this.#counts.values().reduce((sum, count) => sum + count, 0)
  }

  /** Returns the current minute. */
  #forgetOld(): number {
    const minute = Math.floor(this.#now() / minuteMs)
    for (const old of this.#counts.keys()) if (old <= minute - minutes) this.#counts.delete(old)
    return minute
  }
}
