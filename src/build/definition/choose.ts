import type { Architecture } from '../../bundle/manifest.ts'
import { EdgekitError } from '../../lib/errors.ts'
import { hasExecutableFor } from '../pack/edgekit-executable.ts'
import { type Definition, readDefinition } from './definition.ts'
import { defaultDefinitions } from './definition-chain.ts'
import { refuseOutside } from './refuse-outside.ts'

/**
 * Read the definition that the user named, by role or as a file. Local files must be in the directories of the definition and
 * of those it extends, unless `allowOutside` is set. Throws EdgekitError.
 */
export async function chosenDefinition(
  role: string | undefined,
  file: string | undefined,
  { allowOutside }: { allowOutside: boolean },
): Promise<Definition> {
  const definition = await readDefinition(fromOf(role, file))
  if (!allowOutside) await refuseOutside(definition)
  return definition
}

function fromOf(role: string | undefined, file: string | undefined): { role: string } | { path: string } {
  if (file !== undefined && role === undefined) return { path: file }
  if (role !== undefined && file === undefined) return { role }
  throw new EdgekitError(
    role === undefined
      ? 'cannot choose a bundle definition: none is named'
      : 'cannot choose a bundle definition: a role and a file are named',
    {
      code: 'invalid-usage',
      remedy: `Name one: ${defaultDefinitions.join(' or ')}, or your own file with -f FILE.`,
    },
  )
}

/** Those whose edgekit executable is here; without any, all, so that the build names what is missing. */
export function buildableArchitectures({ architectures }: Definition): Architecture[] {
  const some = architectures.filter(hasExecutableFor)
  return some.length > 0 ? some : architectures
}

/** The architectures that the user asked for, by default all of the definition. Throws EdgekitError. */
export function chosenArchitectures(
  { architectures, file }: Definition,
  asked: readonly Architecture[] = architectures,
): Architecture[] {
  const other = asked.filter(arch => !architectures.includes(arch))
  if (other.length === 0) return architectures.filter(arch => asked.includes(arch))
  throw new EdgekitError(
    `cannot build for ${other.join(' and ')}: ${file} lists only ${architectures.join(' and ')}`,
    {
      code: 'invalid-usage',
      remedy: `Add ${other.join(' and ')} to its architectures.`,
    },
  )
}
