import { normaliseReference } from './reference.ts'

/** Whether two names of an image mean the same: `app:1.0` and `docker.io/library/app:1.0`, or both the bare tag `1.0`. */
export function sameName(one: string, other: string): boolean {
  if (one === other) return true
  try {
    return normaliseReference(one) === normaliseReference(other)
  } catch {
    return false
  }
}
