import { EdgekitError } from '../lib/errors.ts'

/** Content that differs from its descriptor. `short`: there is too little of it. */
export class ContentMismatch extends EdgekitError {
  readonly short: boolean

  constructor(message: string, { short = false }: { short?: boolean } = {}) {
    super(message, {
      code: 'content-mismatch',
      remedy: short
        ? 'Use another source, or store the content there again: this one has only part of it.'
        : 'Retry the command. If it fails again, use another source: this one or a proxy on the way alters data.',
    })
    this.short = short
  }
}

interface Expected {
  digest: string
  /** Bytes. */
  size: number
}

export const tooLong = ({ digest, size }: Expected): ContentMismatch =>
  new ContentMismatch(`${digest} is longer than the ${size} bytes in its descriptor`)

export const tooShort = ({ digest, size }: Expected, actual: number): ContentMismatch =>
  new ContentMismatch(`${digest} ended after ${actual} of ${size} bytes`, { short: true })

export const otherSize = (digest: string, expected: number, actual: number): ContentMismatch =>
  new ContentMismatch(`${digest} has ${actual} bytes, but its descriptor states ${expected}`)

export const otherDigest = (expected: string, actual: string): ContentMismatch =>
  new ContentMismatch(`expected content with digest ${expected}, received ${actual}`)
