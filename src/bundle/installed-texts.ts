import { basename, join } from 'node:path'
import { readAsset } from '../lib/assets.ts'
import { fill } from '../lib/fill-template.ts'
import { paths } from '../node/paths.ts'
import type { ManifestImage } from './manifest.ts'

/** mosquitto.service for the broker of a bundle. */
export function brokerUnit({ reference, digest, archive }: ManifestImage): string {
  return fill(readAsset('templates/systemd/mosquitto.service'), {
    BROKER_IMAGE: reference,
    BROKER_DIGEST: digest,
    // Where an install keeps it: a unit has no directory that a relative path could start from.
    BROKER_ARCHIVE: join(paths.images, basename(archive)),
  })
}

/** The texts that an edge bundle of this edgekit puts on a node, by their path there. */
export const installedTexts = (broker: ManifestImage): Record<string, string> => ({
  [paths.brokerUnit]: brokerUnit(broker),
  [paths.brokerConfig]: readAsset('templates/mosquitto/mosquitto.conf'),
  [paths.cleanBroker]: readAsset('templates/clean-broker.sh'),
  [paths.edgecoreUnit]: readAsset('templates/systemd/edgecore.service'),
  [paths.edgecoreDropIn]: readAsset('templates/systemd/edgecore.service.d/10-edgekit.conf'),
})
