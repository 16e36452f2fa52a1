import { withoutOwnClients } from './own-clients.ts'

const opened = /New connection from (\S+) on port \d+\.$/
const named = /New client connected from (\S+) as /
/** A client that never sends its name must not hold back the log. */
const maxWaiting = 100

/**
 * Drops the lines about edgekit's own clients from a log that is still being written: which client a connection is of is in a
 * later line, so lines wait until the clients of all connections are known.
 */
export class OwnClientFilter {
  #waiting: string[] = []
  readonly #unknown = new Set<string>()

  /** Returns the lines that can be shown now. */
  add(line: string): string[] {
    this.#waiting.push(line)
    const [, address] = opened.exec(line) ?? []
    if (address !== undefined) this.#unknown.add(address)
    this.#unknown.delete(named.exec(line)?.[1] ?? '')
    return this.#unknown.size > 0 && this.#waiting.length < maxWaiting ? [] : this.flush()
  }

  /** The lines that still wait: the log has ended, or nothing has come for a while. */
  flush(): string[] {
    const lines = withoutOwnClients(this.#waiting)
    this.#waiting = []
    this.#unknown.clear()
    return lines
  }
}
