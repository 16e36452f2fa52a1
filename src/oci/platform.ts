import { EdgekitError } from '../lib/errors.ts'
import type { Descriptor } from './descriptor.ts'

export type Platform = 'linux/amd64' | 'linux/arm64'

/** What an index says about each of its manifests. */
export interface PlatformDescriptor extends Descriptor {
  platform?: { os: string; architecture: string; variant?: string | undefined } | undefined
}

/** The variant every machine of the architecture can run; an entry for a later one may not start on the node. */
const baseVariants: Record<Platform, readonly (string | undefined)[]> = {
  'linux/amd64': [undefined, '', 'v1'],
  'linux/arm64': ['v8', undefined, ''],
}

/**
 * The manifest for `platform`. Entries that are no images, such as BuildKit's attestations with platform
 * `unknown/unknown`, never match. https://docs.docker.com/build/metadata/attestations/attestation-storage/
 */
export function choosePlatform<T extends PlatformDescriptor>(
  manifests: readonly T[],
  platform: Platform,
  image: string,
): T {
  for (const variant of baseVariants[platform]) {
    const chosen = manifests.find(
      entry =>
        `${entry.platform?.os}/${entry.platform?.architecture}` === platform &&
        entry.platform?.variant === variant,
    )
    if (chosen !== undefined) return chosen
  }
  const existing = [...new Set(manifests.flatMap(nameOf))]
  throw new EdgekitError(`${image} has no image for ${platform}`, {
    code: 'wrong-architecture',
    remedy:
      existing.length === 0
        ? 'It lists no image for any platform; use another tag.'
        : `It exists for ${existing.join(', ')}; use another tag, or bundle for one of these.`,
  })
}

function nameOf({ platform }: PlatformDescriptor): string[] {
  if (platform === undefined || platform.os === 'unknown') return []
  return [[platform.os, platform.architecture, platform.variant].filter(Boolean).join('/')]
}
