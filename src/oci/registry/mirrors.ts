import { EdgekitError } from '../../lib/errors.ts'

/** Registry host -> base URL that is asked in its place. */
export type Mirrors = ReadonlyMap<string, string>

/** `docker.io=http://127.0.0.1:5000`, as given with `--registry-mirror`, any number of times. */
export function parseMirrors(options: readonly string[]): Mirrors {
  return new Map(
    options.map(option => {
      const [, host = '', url = ''] = /^([^=]+)=(.+)$/.exec(option) ?? []
      if (!/^https?:$/.test(URL.parse(url)?.protocol ?? '')) {
        throw new EdgekitError(`--registry-mirror ${option} is not HOST=URL`, {
          code: 'invalid-usage',
          remedy: 'Write it like docker.io=http://127.0.0.1:5000',
        })
      }
      if (new URL(url).username !== '') {
        throw new EdgekitError(`--registry-mirror ${host}=… has a user name in its URL`, {
          code: 'invalid-usage',
          remedy: `Leave it out and log in: docker login ${new URL(url).host}`,
        })
      }
      return [host, url] as const
    }),
  )
}

/**
 * Where the API of a registry answers. A mirror replaces its registry altogether: when the mirror has no answer the
 * registry is not asked, so that a build uses what it was told to use. Without encryption only when the mirror's URL
 * says so, or on this machine.
 */
export function registryUrl(registry: string, mirrors: Mirrors): string {
  const mirror = mirrors.get(registry)
  if (mirror !== undefined) return mirror.replace(/\/+$/, '')
  if (registry === 'docker.io') return 'https://registry-1.docker.io'
  return `${isLoopback(registry) ? 'http' : 'https'}://${registry}`
}

const isLoopback = (host: string): boolean => /^(?:localhost|127(?:\.\d+){3}|\[::1\])(?::\d+)?$/.test(host)
