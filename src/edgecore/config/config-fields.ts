import { describe } from './yaml-document.ts'

/**
 * One key of edgecore.yaml: what EdgeCore works with, and what the file says. Plain data, so that it can be saved.
 */
export interface Setting<T> {
  /** What EdgeCore uses: the written value, or its default. */
  value: T
  /** What stands in the file, as it stands there; absent when the key is not in it. */
  written?: unknown
  /** Why EdgeCore refuses to start with what is written, for example `is the string "2", not a number`. */
  problem?: string
}

/** Looks up the written value at a dotted path. */
export type Lookup = (path: string) => unknown

/** A `true`/`false` key. A quoted "true" makes EdgeCore exit: it cannot be decoded into a Go bool. */
export function boolSetting(look: Lookup, path: string, fallback: boolean): Setting<boolean> {
  return setting(look(path), fallback, written => {
    if (typeof written === 'boolean') return { value: written }
    return { problem: `is ${describe(written)}, not true or false` }
  })
}

/** A whole number. A quoted "2" makes EdgeCore exit (seen with v1.23.1: "cannot unmarshal string"). */
export function intSetting(
  look: Lookup,
  path: string,
  fallback: number,
  range: readonly [number, number] = [Number.MIN_SAFE_INTEGER, Number.MAX_SAFE_INTEGER],
): Setting<number> {
  return setting(look(path), fallback, written => {
    if (typeof written !== 'number') return { problem: `is ${describe(written)}, not a number` }
    if (!Number.isInteger(written)) return { problem: `is ${written}, not a whole number` }
    if (written < range[0] || written > range[1])
      return { problem: `is ${written}, outside ${range[0]} to ${range[1]}` }
    return { value: written }
  })
}

/** A text. sigs.k8s.io/yaml turns a number or boolean into text where Go wants a string, so `123` is fine. */
export function stringSetting(look: Lookup, path: string, fallback: string): Setting<string> {
  return setting(look(path), fallback, written => {
    if (typeof written === 'string') return { value: written }
    if (typeof written === 'number' || typeof written === 'boolean') return { value: String(written) }
    return { problem: `is ${describe(written)}, not a text` }
  })
}

/** A secret: whether there is one, and never what it is. */
export function secretSetting(look: Lookup, path: string): { set: boolean; problem?: string } {
  const { value, problem } = stringSetting(look, path, '')
  return { set: value !== '', ...(problem !== undefined && { problem: 'is not a text' }) }
}

function setting<T>(
  written: unknown,
  fallback: T,
  read: (written: unknown) => { value: T } | { problem: string },
): Setting<T> {
  if (written === undefined) return { value: fallback }
  // null leaves the default in place (seen with `mqttMode: null`).
  if (written === null) return { value: fallback, written }
  const result = read(written)
  return 'value' in result
    ? { value: result.value, written }
    : { value: fallback, written, problem: result.problem }
}
