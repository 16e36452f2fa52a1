import type { Check } from '../check.ts'
import { brokerConfigInstalled } from './broker-config-installed.ts'
import { edgecoreConfigDrift } from './edgecore-config-drift.ts'
import { filesInstalled } from './files-installed.ts'
import { imageArchives } from './image-archives.ts'
import { previousVersion } from './previous-version.ts'
import { receiptReadable } from './receipt-readable.ts'
import { unitsInstalled } from './units-installed.ts'
import { unitsLoaded } from './units-loaded.ts'

/** In the order they run: what others need comes first. */
export const driftChecks: readonly Check[] = [
  receiptReadable,
  filesInstalled,
  imageArchives,
  unitsInstalled,
  unitsLoaded,
  brokerConfigInstalled,
  edgecoreConfigDrift,
  previousVersion,
]
