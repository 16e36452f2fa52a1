import { EdgekitError } from '../lib/errors.ts'
import { isDigest } from './digest.ts'

/** A complete image reference. */
export interface ImageReference {
  /** Host and optional port; `docker.io` for Docker Hub, never `index.docker.io`. */
  registry: string
  /** Path within the registry: `library/eclipse-mosquitto`. */
  repository: string
  tag?: string
  /** `sha256:…`; takes precedence over the tag. */
  digest?: string
}

// Grammar: https://github.com/distribution/reference/blob/main/regexp.go
const component = '[a-z0-9]+(?:(?:\\.|_|__|-+)[a-z0-9]+)*'
const host = /^(?:\[[0-9a-fA-F:]+\]|[a-zA-Z0-9](?:[a-zA-Z0-9.-]*[a-zA-Z0-9])?)(?::[0-9]+)?$/
const path = new RegExp(`^${component}(?:/${component})*$`)
const tagPattern = /^[A-Za-z0-9_][A-Za-z0-9._-]{0,127}$/

/**
 * Parse a reference as Docker and containerd do: the registry defaults to Docker Hub, its namespace to `library`, and the
 * tag to `latest` if there is no digest either. Throws EdgekitError.
 */
export function parseReference(text: string): ImageReference {
  const [beforeDigest = '', digest, ...more] = text.split('@')
  if (more.length > 0) throw notAReference(text, 'more than one @')
  if (digest !== undefined && !isDigest(digest)) {
    throw notAReference(text, 'the digest is not sha256: and 64 hex digits')
  }
  const { name, tag } = splitTag(beforeDigest)
  if (tag !== undefined && !tagPattern.test(tag)) throw notAReference(text, `"${tag}" is not a valid tag`)
  const { registry, repository } = splitRegistry(name)
  if (!host.test(registry)) throw notAReference(text, `"${registry}" is not a valid registry host`)
  if (!path.test(repository)) {
    const why = repository === '' ? 'the image name is missing' : `"${repository}" is not a valid image name`
    throw notAReference(text, /[A-Z]/.test(repository) ? `${why} (capital letters are not allowed)` : why)
  }
  const effectiveTag = tag ?? (digest === undefined ? 'latest' : undefined)
  return {
    registry,
    repository,
    ...(effectiveTag !== undefined && { tag: effectiveTag }),
    ...(digest !== undefined && { digest }),
  }
}

/** The full form, `docker.io/library/eclipse-mosquitto:2.0`, followed by `@sha256:…` if there is a digest. */
export function formatReference({ registry, repository, tag, digest }: ImageReference): string {
  return `${registry}/${repository}${tag === undefined ? '' : `:${tag}`}${digest === undefined ? '' : `@${digest}`}`
}

/** The full form of a reference, which is the image name in containerd. */
export const normalizeReference = (text: string): string => formatReference(parseReference(text))

function splitTag(text: string): { name: string; tag?: string } {
  const colon = text.lastIndexOf(':')
  // A colon before the last slash separates the port of the registry.
  if (colon === -1 || text.indexOf('/', colon) !== -1) return { name: text }
  return { name: text.slice(0, colon), tag: text.slice(colon + 1) }
}

function splitRegistry(name: string): { registry: string; repository: string } {
  const slash = name.indexOf('/')
  const first = slash === -1 ? '' : name.slice(0, slash)
  const isHost = first.includes('.') || first.includes(':') || first === 'localhost'
  const registry = isHost && first !== 'index.docker.io' ? first : 'docker.io'
  const repository = isHost ? name.slice(slash + 1) : name
  const isOfficial = registry === 'docker.io' && repository !== '' && !repository.includes('/')
  return { registry, repository: isOfficial ? `library/${repository}` : repository }
}

const notAReference = (text: string, why: string): EdgekitError =>
  new EdgekitError(`invalid image reference "${text}": ${why}`, {
    code: 'invalid-usage',
    remedy: 'Use the form eclipse-mosquitto:2.0 or registry.example.com:5000/team/image:1.2@sha256:…',
  })
