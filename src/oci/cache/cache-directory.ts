import { homedir } from 'node:os'
import { isAbsolute, join } from 'node:path'

/**
 * Where images are kept from one build to the next: `$XDG_CACHE_HOME/edgekit`, else `~/.cache/edgekit`.
 * https://specifications.freedesktop.org/basedir-spec/latest/ (a relative path there is to be ignored)
 */
export function defaultCacheDirectory(environment: NodeJS.ProcessEnv = process.env): string {
  const base = environment['XDG_CACHE_HOME'] ?? ''
  return join(isAbsolute(base) ? base : join(homedir(), '.cache'), 'edgekit')
}
