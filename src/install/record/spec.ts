import { isDeepStrictEqual } from 'node:util'

const transient = new Set(['source', 'base', 'secrets', 'isNew'])

/** A spec as it is stored: without paths in the unpacked bundle, secrets and what was found on the node. */
export const withoutSource = (spec: unknown): unknown =>
  JSON.parse(JSON.stringify(spec, (key, value) => (transient.has(key) ? undefined : value)))

export const isSameSpec = (one: unknown, other: unknown): boolean =>
  isDeepStrictEqual(withoutSource(one), withoutSource(other))
