import { EdgekitError } from '../lib/errors.ts'

/**
 * The minor number of a KubeEdge version, 22 for `v1.22.0`. Throws EdgekitError before v1.12, whose edgecore.yaml has another
 * format (v1alpha1).
 */
export function minorOf(version: string): number {
  const [, major, minor] = /^v?(\d+)\.(\d+)\./.exec(version)?.map(Number) ?? []
  if (major !== 1 || minor === undefined || minor < 12) {
    throw new EdgekitError(
      `cannot configure EdgeCore of KubeEdge ${version}: edgekit supports v1.12 and later`,
      {
        code: 'unsupported-kubeedge-version',
        remedy: 'Use a bundle with a later KubeEdge.',
      },
    )
  }
  return minor
}
