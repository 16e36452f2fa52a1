import { isDeepStrictEqual } from 'node:util'

/** A spec as it is in a file, without where in the unpacked bundle it comes from: that is not what the node is made. */
export const withoutSource = (spec: unknown): unknown =>
  JSON.parse(JSON.stringify(spec, (key, value) => (key === 'source' || key === 'base' ? undefined : value)))

export const isSameSpec = (one: unknown, other: unknown): boolean =>
  isDeepStrictEqual(withoutSource(one), withoutSource(other))
