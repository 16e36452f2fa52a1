import { EdgekitError } from '../lib/errors.ts'
import type { Descriptor } from './descriptor.ts'

export type Platform = 'linux/amd64' | 'linux/arm64'

/** An entry of an index. https://github.com/opencontainers/image-spec/blob/main/image-index.md */
export interface PlatformDescriptor extends Descriptor {
  platform?: { os: string; architecture: string; variant?: string | undefined } | undefined
}

/** Variants that every machine of the architecture can run; a later one may not start on the node. */
const baseVariants: Record<Platform, readonly (string | undefined)[]> = {
  'linux/amd64': [undefined, '', 'v1'],
  'linux/arm64': ['v8', undefined, ''],
}

/**
 * The manifest for `platform`. Attestations of BuildKit have the platform `unknown/unknown` and never match. Throws
 * EdgekitError. https://docs.docker.com/build/metadata/attestations/attestation-storage/
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
  throw new EdgekitError(`cannot use ${image}: no image for ${platform}`, {
    code: 'wrong-architecture',
    remedy:
      existing.length === 0
        ? 'Use another tag: this one has no image for any platform.'
        : `Use another tag, or build for a platform it has: ${existing.join(', ')}.`,
  })
}

function nameOf({ platform }: PlatformDescriptor): string[] {
  if (platform === undefined || platform.os === 'unknown') return []
  return [[platform.os, platform.architecture, platform.variant].filter(Boolean).join('/')]
}
