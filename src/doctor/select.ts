import type { CheckResult, ListedCheck, Tag } from '../checks/check.ts'
import { checks, checksFor } from '../checks/index.ts'
import { EdgekitError } from '../lib/errors.ts'
import { nearest } from '../lib/nearest.ts'

/** Which checks to run, and what of it the user wants to see. */
export interface Selection {
  /** In the order of the list. */
  checks: readonly ListedCheck[]
  /** Did the user choose checks by name? Then each is shown by itself. */
  named: boolean
  /** Ids of the checks that may only warn. */
  ignored: readonly string[]
  shows(result: CheckResult): boolean
}

const ids = checks.map(({ id }) => id)

/** Every tag that a check has. */
export const knownTags: readonly Tag[] = [...new Set(checks.flatMap(({ tags }) => tags))]

/** The check of this id. Throws EdgekitError (usage), with the id that was probably meant. */
export function checkNamed(id: string): ListedCheck {
  const check = checks.find(check => check.id === id)
  if (check) return check
  const meant = nearest(id, ids)
  throw new EdgekitError(`there is no check "${id}"${meant ? `; did you mean ${meant}?` : ''}`, {
    code: 'unknown-check',
    remedy: 'edgekit doctor --list shows them all.',
  })
}

/** A check with all that it needs, and what that needs. */
function withNeeds(names: readonly string[], found = new Set<string>()): Set<string> {
  for (const name of names) {
    if (found.has(name)) continue
    found.add(name)
    withNeeds(checkNamed(name).needs ?? [], found)
  }
  return found
}

/**
 * The checks of a tag, or those named. Of what they need besides only bad news is shown. Throws EdgekitError (usage)
 * when a name is unknown.
 */
export function selectChecks(
  names: readonly string[],
  { tag, ignored }: { tag: Tag; ignored: readonly string[] },
): Selection {
  for (const id of ignored) checkNamed(id)
  const named = names.length > 0
  const chosen = named ? names : checksFor(tag).map(({ id }) => id)
  const wanted = withNeeds(chosen)
  return {
    checks: checks.filter(({ id }) => wanted.has(id)),
    named,
    ignored,
    shows: ({ id, status }) => chosen.includes(id) || status === 'fail' || status === 'error',
  }
}
