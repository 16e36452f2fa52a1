/**
 * Takes what was parsed from JSON for what it should be, or throws an Error that names the place and what is there. Other
 * documents of edgekit are read with zod; to load that takes a third of what `inspect` may take.
 */
export type Reader<T> = (value: unknown, place: string) => T

export const text =
  (pattern = /^/, what = 'a text'): Reader<string> =>
  (value, place) =>
    typeof value === 'string' && pattern.test(value) ? value : wrong(place, what, value)

export const oneOf =
  <const T>(...allowed: readonly T[]): Reader<T> =>
  (value, place) =>
    allowed.find(one => one === value) ?? wrong(place, allowed.join(' or '), value)

/** A whole number from 0 on. */
export const count: Reader<number> = (value, place) =>
  Number.isSafeInteger(value) && Number(value) >= 0
    ? Number(value)
    : wrong(place, 'a whole number from 0 on', value)

export const list =
  <T>(item: Reader<T>): Reader<T[]> =>
  (value, place) =>
    Array.isArray(value)
      ? value.map((one, index) => item(one, `${place}[${index}]`))
      : wrong(place, 'a list', value)

/** Fields that are not named are passed over. */
export const record =
  <T extends object>(fields: { [K in keyof T]: Reader<T[K]> }): Reader<T> =>
  (value, place) => {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) wrong(place, 'an object', value)
    const found = value as Record<string, unknown>
    const read = Object.entries<Reader<unknown>>(fields).map(([name, reader]) => [
      name,
      reader(found[name], place === '' ? name : `${place}.${name}`),
    ])
    return Object.fromEntries(read) as T
  }

function wrong(place: string, expected: string, found: unknown): never {
  const shown = JSON.stringify(found)?.slice(0, 80) ?? 'nothing'
  throw new Error(`${place || 'it'} should be ${expected}, found ${shown}`)
}
