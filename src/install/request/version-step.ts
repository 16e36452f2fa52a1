import { EdgekitError } from '../../lib/errors.ts'

/**
 * How many minor versions an edge node may go ahead at once: KubeEdge tests an edge that is up to two behind its cloud
 * (kubeedge#5170, #5289), and the cloud goes first.
 */
const longestStep = 2

/** What `--force` has to name to do it all the same. */
export const versionForces: readonly string[] = ['downgrade', 'version-skip']

const partsOf = (version: string): [major: number, minor: number, patch: number] => {
  const [, major = 0, minor = 0, patch = 0] = (/^v?(\d+)\.(\d+)\.(\d+)/.exec(version) ?? []).map(Number)
  return [major, minor, patch]
}

/**
 * Can EdgeCore be replaced in place, from one version of KubeEdge to another? Throws EdgekitError (refused) for an older
 * one, whose EdgeCore does not know what the newer has made of its database and its configuration, and for one too far
 * ahead; `force` names what is done all the same.
 */
export function requireVersionStep(from: string, to: string, force: readonly string[]): void {
  const [[oldMajor, oldMinor, oldPatch], [major, minor, patch]] = [partsOf(from), partsOf(to)]
  const ahead = (major - oldMajor) * 1000 + minor - oldMinor
  if ((ahead < 0 || (ahead === 0 && patch < oldPatch)) && !force.includes('downgrade')) {
    throw new EdgekitError(`KubeEdge ${from} is installed here, and the bundle has the older ${to}`, {
      code: 'downgrade-refused',
      remedy:
        'EdgeCore does not promise to read what a newer one has written. If you know that it does: --force=downgrade. Nothing has been changed.',
    })
  }
  if (ahead > longestStep && !force.includes('version-skip')) {
    const next = `v${oldMajor}.${oldMinor + longestStep}`
    throw new EdgekitError(
      `KubeEdge ${from} is installed here, and the bundle has ${to}, ${ahead} minor versions ahead; at most ${longestStep} at once are tested by KubeEdge`,
      {
        code: 'version-skip-refused',
        remedy: `Upgrade to ${next} first, the cloud before the nodes. To skip it all the same: --force=version-skip. Nothing has been changed.`,
      },
    )
  }
}
