import { createHash } from 'node:crypto'

/** `sha256:` and 64 lower-case hexadecimal digits; the only algorithm registries use in practice. */
export const isDigest = (text: string): boolean => /^sha256:[0-9a-f]{64}$/.test(text)

export const digestOf = (bytes: Uint8Array): string =>
  `sha256:${createHash('sha256').update(bytes).digest('hex')}`
