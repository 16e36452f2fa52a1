import type { CheckResult, ListedCheck, Tag } from '../checks/check.ts'
import { checks, checksFor } from '../checks/index.ts'
import { withNeeds } from '../checks/with-needs.ts'
import { EdgekitError } from '../lib/errors.ts'
import { nearest } from '../lib/nearest.ts'

/** Which checks to run, and which results to show. */
export interface Selection {
  /** In the order of the registry. */
  checks: readonly ListedCheck[]
  /** Did the user name checks? Then each result is shown on its own. */
  named: boolean
  /** Ids of checks whose failures only warn. */
  ignored: readonly string[]
  shows(result: CheckResult): boolean
}

const ids = checks.map(({ id }) => id)
const groups = [...new Set(checks.map(({ group }) => group))]
const membersOf = (name: string): ListedCheck[] => checks.filter(({ group }) => group === name)

/** All tags in use. */
export const knownTags: readonly Tag[] = [...new Set(checks.flatMap(({ tags }) => tags))]

/** The check with this id. Throws EdgekitError (unknown-check) with the nearest id, or the nearest of `others`. */
export function checkNamed(id: string, others: readonly string[] = []): ListedCheck {
  const check = checks.find(check => check.id === id)
  if (check) return check
  if (membersOf(id).length > 0)
    throw new EdgekitError(`"${id}" is a group of checks: name one of them`, {
      code: 'unknown-check',
      remedy: 'List all groups with their checks:\n  edgekit doctor --list',
    })
  const meant = nearest(id, [...ids, ...others])
  throw new EdgekitError(`unknown check "${id}"${meant ? `; did you mean ${meant}?` : ''}`, {
    code: 'unknown-check',
    remedy: 'List all checks: edgekit doctor --list',
  })
}

/** The ids of what the user named: a check, or all checks of a group. */
function idsNamed(name: string): string[] {
  const members = membersOf(name)
  return members.length > 0 ? members.map(({ id }) => id) : [checkNamed(name, groups).id]
}

/** Most nodes have no device service, and their reports do not list its checks as skipped unless they are named. */
const isAbsent = ({ group, status, blockedBy }: CheckResult): boolean =>
  group === 'devices' && status === 'skip' && !blockedBy

/**
 * Select the named checks and groups, or all with a tag, and the checks they need, of which only failures and errors are shown.
 * Throws EdgekitError (unknown-check).
 */
export function selectChecks(
  names: readonly string[],
  { tag, ignored }: { tag: Tag; ignored: readonly string[] },
): Selection {
  for (const id of ignored) checkNamed(id)
  const named = names.length > 0
  const chosen = named ? names.flatMap(idsNamed) : checksFor(tag).map(({ id }) => id)
  const wanted = withNeeds(chosen)
  return {
    checks: checks.filter(({ id }) => wanted.has(id)),
    named,
    ignored,
    shows: result =>
      result.status === 'fail' ||
      result.status === 'error' ||
      (chosen.includes(result.id) && (named || !isAbsent(result))),
  }
}
