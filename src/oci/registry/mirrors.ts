import { EdgekitError } from '../../lib/errors.ts'

/** Registry host -> base URL of the mirror that replaces it. */
export type Mirrors = ReadonlyMap<string, string>

/** Parse the values of `--registry-mirror`, such as `docker.io=http://127.0.0.1:5000`. Throws EdgekitError. */
export function parseMirrors(options: readonly string[]): Mirrors {
  return new Map(
    options.map(option => {
      const [, host = '', url = ''] = /^([^=]+)=(.+)$/.exec(option) ?? []
      if (!/^https?:$/.test(URL.parse(url)?.protocol ?? '')) {
        throw new EdgekitError(`--registry-mirror ${option} is not HOST=URL`, {
          code: 'invalid-usage',
          remedy: 'Give a registry host and a URL:\n--registry-mirror docker.io=http://127.0.0.1:5000',
        })
      }
      if (new URL(url).username !== '') {
        throw new EdgekitError(`--registry-mirror ${host}=… contains a user name`, {
          code: 'invalid-usage',
          remedy: `Remove it from the URL and log in:\ndocker login ${new URL(url).host}`,
        })
      }
      return [host, url] as const
    }),
  )
}

/**
 * Base URL of a registry's API. A mirror replaces its registry completely, with no fallback, so that a build uses only what
 * it was given. Plain http is used only for mirrors with an http URL and for loopback hosts.
 */
export function registryUrl(registry: string, mirrors: Mirrors): string {
  const mirror = mirrors.get(registry)
  if (mirror !== undefined) return mirror.replace(/\/+$/, '')
  if (registry === 'docker.io') return 'https://registry-1.docker.io'
  return `${isLoopback(registry) ? 'http' : 'https'}://${registry}`
}

const isLoopback = (host: string): boolean => /^(?:localhost|127(?:\.\d+){3}|\[::1\])(?::\d+)?$/.test(host)
