import { createHash } from 'node:crypto'
import { parseReference } from '../../oci/reference.ts'

/**
 * The path of each image archive in a bundle: `images/kubeedge-cloudcore-v1.22.0.tar` for
 * `docker.io/kubeedge/cloudcore:v1.22.0`, and without `library` for official images of Docker Hub. If two would be the
 * same, for example from two registries, a hash of the reference is appended.
 */
export function imageArchivePaths(references: readonly string[]): Map<string, string> {
  const names = references.map(nameOf)
  return new Map(
    references.map((reference, index) => {
      const name = names[index] as string
      const isAlone = names.indexOf(name) === names.lastIndexOf(name)
      return [reference, `images/${isAlone ? name : `${name}-${hashOf(reference)}`}.tar`]
    }),
  )
}

function nameOf(reference: string): string {
  const { repository, tag, digest } = parseReference(reference)
  const name = repository.replace(/^library\//, '').replaceAll('/', '-')
  return `${name}-${tag ?? digest?.slice('sha256:'.length, 19)}`
}

const hashOf = (reference: string): string => createHash('sha256').update(reference).digest('hex').slice(0, 8)
