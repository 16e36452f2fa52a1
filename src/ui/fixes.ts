import type { Mending } from '../install/fix/fix.ts'
import { wrap } from './text.ts'

/** What is going to be done, for which checks, and what is not, for a person. */
export function formatMending({ steps, mends, left }: Mending): string {
  const ids = (results: Mending['left']): string => results.map(({ id }) => id).join(', ')
  const nothing = ['Nothing is wrong that edgekit could safely mend by itself.']
  const plan = [`To mend ${ids(mends)}:`, ...steps.map(({ title }) => `  ${title}`)]
  return [
    ...(steps.length === 0 ? nothing : plan),
    ...(left.length > 0 ? [`For you to see to: ${ids(left)}`] : []),
  ]
    .map(line => wrap(line))
    .join('\n')
}
