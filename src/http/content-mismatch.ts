import { EdgekitError } from '../lib/errors.ts'

/** Bytes that are not the ones their descriptor promised. `short` when there were fewer: a cut connection, worth a retry. */
export class ContentMismatch extends EdgekitError {
  readonly short: boolean

  constructor(message: string, { short = false }: { short?: boolean } = {}) {
    super(message, {
      code: 'content-mismatch',
      remedy:
        'Where this comes from changes or damages data; try again, or take the image from another place.',
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
  new ContentMismatch(`${digest} is longer than the ${size} bytes its manifest states`)

export const tooShort = ({ digest, size }: Expected, actual: number): ContentMismatch =>
  new ContentMismatch(`${digest} ended after ${actual} of ${size} bytes`, { short: true })

export const otherSize = (digest: string, expected: number, actual: number): ContentMismatch =>
  new ContentMismatch(`${digest} has ${actual} bytes, its manifest states ${expected}`)

export const otherDigest = (expected: string, actual: string): ContentMismatch =>
  new ContentMismatch(`expected content with digest ${expected}, received ${actual}`)
