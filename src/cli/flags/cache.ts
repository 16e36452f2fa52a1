import { resolve } from 'node:path'
import { Flags } from '@oclif/core'
import { defaultCacheDirectory } from '../../oci/cache/cache-directory.ts'

/** `--cache DIR`, for commands that use the image cache. */
export const cacheFlag = Flags.string({
  helpValue: 'DIR',
  description: 'image cache (default: $XDG_CACHE_HOME/edgekit or ~/.cache/edgekit)',
})

export const cacheDirectory = (flag: string | undefined): string =>
  flag === undefined ? defaultCacheDirectory() : resolve(flag)
