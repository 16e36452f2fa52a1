import type { Manifest } from '../../bundle/manifest.ts'
import { EdgekitError } from '../../lib/errors.ts'
import type { InstallFlags } from './install-flags.ts'

/** KubeEdge tests an edge up to two minor versions behind its cloud (kubeedge#5170, #5289); the cloud goes first. */
const maxMinorStep = 2

/** The name for `--force` that overrides a refusal here. */
export const versionForce = 'version-skip'

type VersionFlags = Pick<InstallFlags, 'allowDowngrade' | 'force'>

const partsOf = (version: string): [major: number, minor: number, patch: number] => {
  const [, major = 0, minor = 0, patch = 0] = (/^v?(\d+)\.(\d+)\.(\d+)/.exec(version) ?? []).map(Number)
  return [major, minor, patch]
}

/**
 * Throws EdgekitError (refused) unless a flag allows it: for an older KubeEdge, whose EdgeCore may not read the
 * database and configuration of a newer one, and for one too many minor versions ahead.
 */
export function requireVersionStep(
  from: string,
  to: string,
  { allowDowngrade = false, force = [] }: VersionFlags,
): void {
  const [[oldMajor, oldMinor, oldPatch], [major, minor, patch]] = [partsOf(from), partsOf(to)]
  const ahead = (major - oldMajor) * 1000 + minor - oldMinor
  if ((ahead < 0 || (ahead === 0 && patch < oldPatch)) && !allowDowngrade) {
    throw new EdgekitError(`cannot downgrade KubeEdge from ${from} to ${to}: nothing was changed`, {
      code: 'downgrade-refused',
      remedy:
        'Use a newer bundle. If you know that EdgeCore can read the newer database and configuration, add --allow-downgrade.',
    })
  }
  if (ahead > maxMinorStep && !force.includes(versionForce)) {
    throw new EdgekitError(
      `cannot upgrade KubeEdge from ${from} to ${to}: KubeEdge tests at most ${maxMinorStep} minor versions at once; nothing was changed`,
      {
        code: 'version-skip-refused',
        remedy: `Upgrade to v${oldMajor}.${oldMinor + maxMinorStep} first, the cloud before the nodes. To skip versions anyway, add --force=version-skip.`,
      },
    )
  }
}

/**
 * Throws EdgekitError (refused) unless a flag allows it: for a bundle of the same KubeEdge that an older edgekit built. Its
 * signature is as good as that of the new one, and its holes are still there.
 */
export function requireNewerBuild(
  from: Pick<Manifest, 'kubeedgeVersion' | 'edgekitVersion'>,
  to: Pick<Manifest, 'kubeedgeVersion' | 'edgekitVersion'>,
  { allowDowngrade = false }: VersionFlags,
): void {
  if (from.kubeedgeVersion !== to.kubeedgeVersion || allowDowngrade) return
  const [old, now] = [partsOf(from.edgekitVersion), partsOf(to.edgekitVersion)]
  const changed = now.findIndex((part, index) => part !== old[index])
  if (changed === -1 || (now[changed] ?? 0) > (old[changed] ?? 0)) return
  throw new EdgekitError(
    `cannot downgrade edgekit from ${from.edgekitVersion} to ${to.edgekitVersion}: nothing was changed`,
    {
      code: 'downgrade-refused',
      remedy: 'Use a newer bundle. To install the older one anyway, add --allow-downgrade.',
    },
  )
}
