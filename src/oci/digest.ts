import { createHash } from 'node:crypto'

/**
 * `sha256:` and 64 lower-case hex digits, the only algorithm that registries use in practice.
 * https://github.com/opencontainers/image-spec/blob/main/descriptor.md#digests
 */
export const isDigest = (text: string): boolean => /^sha256:[0-9a-f]{64}$/.test(text)

export const digestOf = (bytes: Uint8Array): string =>
  `sha256:${createHash('sha256').update(bytes).digest('hex')}`
