import { resolve } from 'node:path'
import { Flags } from '@oclif/core'
import { defaultCacheDirectory } from '../../oci/cache/cache-directory.ts'

/** `--cache DIR`, for every command that uses the cache. */
export const cacheFlag = Flags.string({
  helpValue: 'DIR',
  description: 'where images are kept between builds (default: $XDG_CACHE_HOME/edgekit or ~/.cache/edgekit)',
})

export const cacheDirectory = (flag: string | undefined): string =>
  flag === undefined ? defaultCacheDirectory() : resolve(flag)
