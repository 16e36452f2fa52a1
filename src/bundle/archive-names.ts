import { basename } from 'node:path'
import { parseReference } from '../images/reference.ts'

/**
 * Where the archive of each image lies in the bundle: `images/eclipse-mosquitto-2.0.tar` for
 * `docker.io/library/eclipse-mosquitto:2.0`; with the registry and the whole name where two would be the same.
 */
export function archiveNames(references: readonly string[]): Map<string, string> {
  const short = references.map(reference => nameOf(reference, basename(parseReference(reference).repository)))
  return new Map(
    references.map((reference, index) => {
      const name = short[index] as string
      const { registry, repository } = parseReference(reference)
      const full = `${registry}/${repository}`.replaceAll(/[/:]/g, '-')
      const isAlone = short.indexOf(name) === short.lastIndexOf(name)
      return [reference, `images/${isAlone ? name : nameOf(reference, full)}.tar`]
    }),
  )
}

function nameOf(reference: string, name: string): string {
  const { tag, digest } = parseReference(reference)
  return `${name}-${tag ?? digest?.slice('sha256:'.length, 19)}`
}
