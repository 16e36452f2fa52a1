import { checks } from './index.ts'

/** The ids of these checks and of all they need, directly and indirectly. */
export function withNeeds(ids: readonly string[], found = new Set<string>()): Set<string> {
  for (const id of ids) {
    if (found.has(id)) continue
    found.add(id)
    withNeeds(checks.find(check => check.id === id)?.needs ?? [], found)
  }
  return found
}
