import { Flags } from '@oclif/core'
import { useNetworkSettings } from '../../http/proxy-and-ca.ts'
import { localPrograms } from '../../node/processes/programs.ts'
import { BlobStore } from '../../oci/cache/blob-store.ts'
import { dockerCredentials } from '../../oci/registry/credentials.ts'
import { dockerConfigFile } from '../../oci/registry/docker-config.ts'
import { definedMirrors, parseMirrors } from '../../oci/registry/mirrors.ts'
import { Registry } from '../../oci/registry/registry.ts'
import type { ImageAccess } from '../../oci/sources/fetch-image.ts'
import { cacheDirectory, cacheFlag } from './cache.ts'

/** The flags of the commands that pull images. */
export const imageFlags = {
  'registry-mirror': Flags.string({
    multiple: true,
    helpValue: 'HOST=URL',
    description: 'ask URL instead of the registry HOST; may be given several times',
  }),
  cache: cacheFlag,
  offline: Flags.boolean({ description: 'use only what is in the cache or on this machine' }),
  'ca-file': Flags.string({
    helpValue: 'FILE',
    description: 'certificate authorities (PEM) to trust besides those of this machine',
  }),
}

interface ImageFlagValues {
  'registry-mirror': string[] | undefined
  cache: string | undefined
  offline: boolean
  'ca-file': string | undefined
}

/** Where images come from, by the flags and the mirrors of a definition. Sets the proxy and the certificate authorities. */
export async function imageAccess(
  flags: ImageFlagValues,
  urls: Record<string, string>,
): Promise<ImageAccess> {
  const programs = localPrograms()
  const store = new BlobStore(cacheDirectory(flags.cache))
  await useNetworkSettings(flags['ca-file'])
  if (flags.offline) return { registry: undefined, store, programs }
  const mirrors = new Map([...definedMirrors(urls), ...parseMirrors(flags['registry-mirror'] ?? [])])
  const credentials = dockerCredentials(dockerConfigFile(), programs)
  return { registry: new Registry({ mirrors, credentials }), store, programs }
}
