import type { FixPlan } from '../install/fix/fix.ts'
import { wrap } from './text.ts'

/** What `doctor --fix` is about to do, for which checks, and what it leaves to the user. */
export function formatFixPlan({ steps, fixes, manual }: FixPlan): string {
  const ids = (results: FixPlan['fixes']): string => results.map(({ id }) => id).join(', ')
  const plan =
    steps.length === 0
      ? ['edgekit cannot fix any of this safely.']
      : [`To fix ${ids(fixes)}:`, ...steps.map(({ title }) => `  ${title}`)]
  return [...plan, ...(manual.length > 0 ? [`Fix manually: ${ids(manual)}`] : [])]
    .map(line => wrap(line))
    .join('\n')
}
