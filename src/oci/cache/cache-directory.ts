import { homedir } from 'node:os'
import { isAbsolute, join } from 'node:path'

/**
 * Default image cache: `$XDG_CACHE_HOME/edgekit`, else `~/.cache/edgekit`. The XDG specification requires relative paths
 * to be ignored. https://specifications.freedesktop.org/basedir-spec/latest/
 */
export function defaultCacheDirectory(environment: NodeJS.ProcessEnv = process.env): string {
  const base = environment['XDG_CACHE_HOME'] ?? ''
  return join(isAbsolute(base) ? base : join(homedir(), '.cache'), 'edgekit')
}
