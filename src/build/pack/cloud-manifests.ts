import { basename } from 'node:path'
import type { ManifestImage } from '../../bundle/manifest.ts'
import { brokerConfigText } from '../../bundle/payload.ts'
import { readAsset } from '../../lib/assets.ts'
import { fill } from '../../lib/fill-template.ts'
import { formatReference, parseReference } from '../../oci/reference.ts'

/** The Kubernetes manifests of a cloud bundle, by their paths in the bundle. */
export function cloudManifests(
  broker: Pick<ManifestImage, 'reference' | 'digest' | 'archive'>,
  autosaveInterval?: number,
): Record<string, string> {
  const { registry, repository } = parseReference(broker.reference)
  const values = {
    // One of the two names in the archive; a tag beside a digest is ignored.
    BROKER_IMAGE: formatReference({ registry, repository, digest: broker.digest }),
    BROKER_ARCHIVE: basename(broker.archive),
    MOSQUITTO_CONF: indented(brokerConfigText(autosaveInterval).trimEnd(), 4),
  }
  return {
    'manifests/mosquitto-daemonset.yaml': fill(readAsset('templates/cloud/mosquitto-daemonset.yaml'), values),
    'manifests/values-cloudcore.yaml': readAsset('templates/cloud/values-cloudcore.yaml'),
  }
}

/** Indents every line except the first. */
const indented = (text: string, by: number): string => text.replaceAll(/\n(?=.)/g, `\n${' '.repeat(by)}`)
