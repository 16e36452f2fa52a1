import { EdgekitError } from '../../lib/errors.ts'

/** Registry host -> URL of the mirror that replaces it, without a slash at the end. */
export type Mirrors = ReadonlyMap<string, string>

/** Parse the values of `--registry-mirror`, such as `docker.io=http://127.0.0.1:5000`. Throws EdgekitError. */
export function parseMirrors(options: readonly string[]): Mirrors {
  return new Map(
    options.map(option => {
      const [, host = '', url = ''] = /^([^=]+)=(.+)$/.exec(option) ?? []
      const problem = host === '' ? notHostAndUrl : mirrorProblem(host, url)
      if (problem === undefined) return [host, mirrorUrl(url)] as const
      // The URL is not repeated: it can contain a password.
      const shown = host === '' ? option : `${host}=…`
      throw new EdgekitError(`invalid --registry-mirror ${shown}: ${problem.reason}`, {
        code: 'invalid-usage',
        remedy: problem.remedy,
      })
    }),
  )
}

/** The mirrors of a definition, which have no `mirrorProblem`. */
export const definedMirrors = (urls: Readonly<Record<string, string>>): Mirrors =>
  new Map(Object.entries(urls).map(([host, url]) => [host, mirrorUrl(url)]))

interface Problem {
  reason: string
  remedy: string
}

const notHostAndUrl: Problem = {
  reason: 'not HOST=URL with http:// or https://',
  remedy: 'Give a registry host and a URL:\n  --registry-mirror docker.io=https://mirror.example',
}

/** Why `text` cannot be the URL of a mirror of the registry `host`; undefined when it can. */
export function mirrorProblem(host: string, text: string): Problem | undefined {
  const url = URL.parse(text)
  if (url === null || !/^https?:$/.test(url.protocol)) return notHostAndUrl
  if (host.includes('/')) {
    return {
      reason: `${host} is not the host of a registry`,
      remedy: 'Give the host as in image names, and its port if it has one: docker.io, registry.example:5000',
    }
  }
  if (url.username !== '' || url.password !== '') {
    return {
      reason: 'the URL contains a user name or password',
      remedy: `Remove it from the URL and log in:\n  docker login ${url.host}`,
    }
  }
  if (url.search !== '' || url.hash !== '')
    return { reason: 'the URL contains ? or #', remedy: 'Give the URL up to the end of its path.' }
  return undefined
}

function mirrorUrl(text: string): string {
  const { origin, pathname } = new URL(text)
  return origin + pathname.replace(/\/+$/, '')
}

/**
 * Address of a registry, for messages. A mirror replaces its registry completely, with no fallback, so that a build uses
 * only what it was given. Plain http is used only for mirrors with an http URL and for loopback hosts.
 */
export function registryUrl(registry: string, mirrors: Mirrors): string {
  const mirror = mirrors.get(registry)
  if (mirror !== undefined) return mirror
  if (registry === 'docker.io') return 'https://registry-1.docker.io'
  return `${isLoopback(registry) ? 'http' : 'https'}://${registry}`
}

/**
 * URLs that can be followed by `/NAME/manifests/…`, the likeliest first. The specification has no place for a path: Harbor,
 * Amazon ECR, and GitLab have it after `/v2`, as part of the image name; Nexus and Artifactory also before it. A path that
 * contains `v2` is complete. https://github.com/moby/moby/issues/47144
 */
export function apiRoots(address: string): [string, ...string[]] {
  const { origin, pathname } = new URL(address)
  const path = pathname.replace(/^\/$/, '')
  if (path.split('/').includes('v2')) return [address]
  return path === '' ? [`${origin}/v2`] : [`${origin}/v2${path}`, `${origin}${path}/v2`]
}

const isLoopback = (host: string): boolean => /^(?:localhost|127(?:\.\d+){3}|\[::1\])(?::\d+)?$/.test(host)
