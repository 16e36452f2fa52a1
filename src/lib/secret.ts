import { inspect } from 'node:util'

/**
 * A value that may be used but never shown: in JSON, in a text, in a debugger's output it is only where it came from. Plans,
 * journals and receipts can hold it without giving it away.
 */
export class Secret {
  readonly #value: string
  readonly #source: string

  constructor(value: string, source: string) {
    this.#value = value
    this.#source = source
  }

  reveal(): string {
    return this.#value
  }

  toString(): string {
    return `(secret, ${this.#source})`
  }

  toJSON(): string {
    return this.toString()
  }

  [inspect.custom](): string {
    return this.toString()
  }
}
