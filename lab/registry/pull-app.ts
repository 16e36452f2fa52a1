import type { BlobStore } from '../../src/oci/cache/blob-store.ts'
import { parseMirrors } from '../../src/oci/registry/mirrors.ts'
import { Registry, type RegistryOptions } from '../../src/oci/registry/registry.ts'
import { type PulledImage, pullImage } from '../../src/oci/sources/pull.ts'

/** Pull `app:1.0` for amd64 from a stand-in for Docker Hub, with short retry delays. */
export const pullApp = (
  url: string,
  store: BlobStore,
  { tries = 2, ...options }: Pick<RegistryOptions, 'credentials'> & { tries?: number } = {},
): Promise<PulledImage> =>
  pullImage({
    reference: 'app:1.0',
    platform: 'linux/amd64',
    registry: new Registry({
      mirrors: parseMirrors([`docker.io=${url}`]),
      retries: { tries, delayMs: 1, maxWaitMs: 10 },
      ...options,
    }),
    store,
  })
