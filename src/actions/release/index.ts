import { releaseDirectory } from './directory.ts'
import { releaseEdgecoreConfig } from './edgecore-config.ts'
import { releaseFile } from './file.ts'
import { releaseImage } from './image.ts'
import { releaseLink } from './link.ts'
import type { Release } from './release.ts'
import { releaseServiceDirectory } from './service-directory.ts'
import { releaseEnabled, releaseRunning } from './unit.ts'

/** How to take back each kind of change that leaves something behind. */
export const releases: Partial<Record<string, Release<never, never>>> = {
  file: releaseFile,
  link: releaseLink,
  directory: releaseDirectory,
  'service-directory': releaseServiceDirectory,
  image: releaseImage,
  'unit-enabled': releaseEnabled,
  'unit-running': releaseRunning,
  'edgecore-config': releaseEdgecoreConfig,
}
