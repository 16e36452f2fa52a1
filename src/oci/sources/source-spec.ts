import { EdgekitError } from '../../lib/errors.ts'
import { parseReference } from '../reference.ts'

/** An image on this machine. `name` says which one, where there are several. */
export type LocalOrigin =
  | { kind: 'oci' | 'oci-archive' | 'docker-archive'; path: string; name: string | undefined }
  | { kind: 'docker-daemon'; name: string | undefined }

/**
 * Read the `source` of an image: `oci:DIR[:NAME]`, `oci-archive:FILE[:NAME]`, `docker-archive:FILE[:NAME]` or
 * `docker-daemon:[NAME]`. The path ends at the first colon. Throws EdgekitError.
 */
export function parseOrigin(text: string): LocalOrigin {
  const [, kind = '', rest = ''] = /^([a-z-]+):(.*)$/s.exec(text) ?? []
  if (kind === 'docker-daemon') {
    if (rest !== '') parseReference(rest)
    return { kind, name: rest || undefined }
  }
  const [, path = '', name] = /^([^:]+)(?::(.+))?$/.exec(rest) ?? []
  if (path !== '' && (kind === 'oci' || kind === 'oci-archive' || kind === 'docker-archive')) {
    return { kind, path, name }
  }
  throw new EdgekitError(`"${text}" is not a source of an image`, {
    code: 'invalid-usage',
    remedy:
      'Write oci:DIR[:NAME], oci-archive:FILE[:NAME], docker-archive:FILE[:NAME] or docker-daemon:NAME.',
  })
}
