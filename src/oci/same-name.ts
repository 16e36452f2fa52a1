import { normalizeReference } from './reference.ts'

/** Whether two names denote the same image: `app:1.0` and `docker.io/library/app:1.0`, or equal names such as a bare tag. */
export function sameName(one: string, other: string): boolean {
  if (one === other) return true
  try {
    return normalizeReference(one) === normalizeReference(other)
  } catch {
    return false
  }
}
