import { isDeepStrictEqual } from 'node:util'

const notOfNode = new Set(['source', 'base', 'secrets'])

/**
 * A spec as it is in a file, without where in the unpacked bundle it comes from, and without secrets, which an install may
 * be given or not: neither is what the node is made.
 */
export const withoutSource = (spec: unknown): unknown =>
  JSON.parse(JSON.stringify(spec, (key, value) => (notOfNode.has(key) ? undefined : value)))

export const isSameSpec = (one: unknown, other: unknown): boolean =>
  isDeepStrictEqual(withoutSource(one), withoutSource(other))
