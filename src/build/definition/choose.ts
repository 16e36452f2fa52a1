import type { Architecture } from '../../bundle/manifest.ts'
import { EdgekitError } from '../../lib/errors.ts'
import { type Definition, readDefinition } from './definition.ts'
import { defaultDefinitions } from './definition-chain.ts'

/** The definition a person named, by role or as a file. Throws EdgekitError. */
export function chosenDefinition(role: string | undefined, file: string | undefined): Promise<Definition> {
  if (file !== undefined && role === undefined) return readDefinition({ path: file })
  if (role !== undefined && file === undefined) return readDefinition({ role })
  throw new EdgekitError(
    role === undefined ? 'no bundle definition is named' : 'both a role and a file are named',
    {
      code: 'invalid-usage',
      remedy: `Name one: ${defaultDefinitions.join(' or ')}, or a file of your own with -f FILE.`,
    },
  )
}

/** The architectures a person asked for, else all of the definition. Throws EdgekitError. */
export function chosenArchitectures(
  { architectures, file }: Definition,
  asked: readonly Architecture[] = architectures,
): Architecture[] {
  const other = asked.filter(arch => !architectures.includes(arch))
  if (other.length === 0) return architectures.filter(arch => asked.includes(arch))
  throw new EdgekitError(`${file} is for ${architectures.join(' and ')}, not for ${other.join(' and ')}`, {
    code: 'invalid-usage',
    remedy: `Add ${other.join(' and ')} to its architectures.`,
  })
}
