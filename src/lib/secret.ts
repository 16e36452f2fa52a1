import { inspect } from 'node:util'

/**
 * A value that can be used but never shown: in JSON, strings and debugger output only its source appears. Plans, journals
 * and receipts can hold it safely.
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
