import { basename, join } from 'node:path'
import type { Manifest } from '../../bundle/manifest.ts'
import { paths } from '../../node/paths.ts'
import { type DesiredStep, readable, type StepMakers } from './step-makers.ts'

/**
 * All that a machine of the cluster must have to become the cloud side: images, keadm, manifests. No broker is started
 * and no unit is written; the broker's image is there to be handed on.
 */
export function cloudSteps(
  manifest: Manifest,
  { place, folder, edgekit, images, installedManifest }: StepMakers,
): DesiredStep[] {
  const manifests = manifest.files.filter(({ path }) => path.startsWith('manifests/'))
  return [
    folder('/opt/edgekit', readable),
    folder('/opt/edgekit/bin', readable),
    folder(paths.manifests, readable),
    folder(paths.images, readable),
    ...edgekit(),
    ...images(),
    place('bin/keadm', paths.keadm, 0o755),
    ...manifests.map(({ path }) => place(path, join(paths.manifests, basename(path)), 0o644)),
    installedManifest(),
  ]
}
