import { describe } from './yaml-document.ts'

/** One key of edgecore.yaml: the value EdgeCore uses, and the one in the file. Plain data. */
export interface Setting<T> {
  /** The value EdgeCore uses: from the file, or its default. */
  value: T
  /** The value in the file, of any type; absent when the key is missing. */
  written?: unknown
  /** Why EdgeCore does not start with the value, such as `is the string "2", not a number`. */
  problem?: string
}

/** Looks up the value in the file at a dotted path. */
export type Lookup = (path: string) => unknown

/** A boolean. A quoted "true" makes EdgeCore exit: Go cannot decode it into a bool. */
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

/** A string. sigs.k8s.io/yaml converts a number or boolean where Go expects a string, so `123` is valid. */
export function stringSetting(look: Lookup, path: string, fallback: string): Setting<string> {
  return setting(look(path), fallback, written => {
    if (typeof written === 'string') return { value: written }
    if (typeof written === 'number' || typeof written === 'boolean') return { value: String(written) }
    return { problem: `is ${describe(written)}, not a string` }
  })
}

/** A secret: only whether it is set. */
export function secretSetting(look: Lookup, path: string): { set: boolean; problem?: string } {
  const { value, problem } = stringSetting(look, path, '')
  return { set: value !== '', ...(problem !== undefined && { problem: 'is not a string' }) }
}

function setting<T>(
  written: unknown,
  fallback: T,
  read: (written: unknown) => { value: T } | { problem: string },
): Setting<T> {
  if (written === undefined) return { value: fallback }
  // null keeps the default (seen with `mqttMode: null`).
  if (written === null) return { value: fallback, written }
  const result = read(written)
  return 'value' in result
    ? { value: result.value, written }
    : { value: fallback, written, problem: result.problem }
}
