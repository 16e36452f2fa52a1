import { EdgekitError, exitCodes } from '../errors.ts'
import type { Mending } from '../install/mend.ts'
import { confirm } from './confirm.ts'
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

/** Asks in a terminal. Throws EdgekitError (usage) where there is nobody to ask. */
export async function askToGoOn(signal: AbortSignal): Promise<boolean> {
  if (!process.stdin.isTTY) {
    throw new EdgekitError('there is nobody to ask whether to do this; nothing has been changed', {
      exitCode: exitCodes.usage,
      remedy: 'Say --yes as well, or run it in a terminal.',
    })
  }
  return confirm('Do this?', signal, process.stderr)
}
