import { isDeepStrictEqual } from 'node:util'

const notOfNode = new Set(['source', 'base', 'secrets', 'isNew'])

/**
 * A spec as it is in a file, without where in the unpacked bundle it comes from, without secrets, which an install may be
 * given or not, and without what was found: none of it is what the node is made.
 */
export const withoutSource = (spec: unknown): unknown =>
  JSON.parse(JSON.stringify(spec, (key, value) => (notOfNode.has(key) ? undefined : value)))

export const isSameSpec = (one: unknown, other: unknown): boolean =>
  isDeepStrictEqual(withoutSource(one), withoutSource(other))
