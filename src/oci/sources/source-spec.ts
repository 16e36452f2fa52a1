import { EdgekitError } from '../../lib/errors.ts'
import { parseReference } from '../reference.ts'

/** An image on this machine. `name` selects one of several. */
export type LocalSource =
  | { kind: 'oci' | 'oci-archive' | 'docker-archive'; path: string; name: string | undefined }
  | { kind: 'docker-daemon'; name: string | undefined }

/**
 * Parse the `source` of an image: `oci:DIR[:NAME]`, `oci-archive:FILE[:NAME]`, `docker-archive:FILE[:NAME]` or
 * `docker-daemon:[NAME]`. The path ends at the first colon. Throws EdgekitError.
 */
export function parseSource(text: string): LocalSource {
  const [, kind = '', rest = ''] = /^([a-z-]+):(.*)$/s.exec(text) ?? []
  if (kind === 'docker-daemon') {
    if (rest !== '') parseReference(rest)
    return { kind, name: rest || undefined }
  }
  const [, path = '', name] = /^([^:]+)(?::(.+))?$/.exec(rest) ?? []
  if (path !== '' && (kind === 'oci' || kind === 'oci-archive' || kind === 'docker-archive')) {
    return { kind, path, name }
  }
  throw new EdgekitError(`invalid image source "${text}"`, {
    code: 'invalid-usage',
    remedy: 'Use oci:DIR[:NAME], oci-archive:FILE[:NAME], docker-archive:FILE[:NAME] or docker-daemon:NAME.',
  })
}
