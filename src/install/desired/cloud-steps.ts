import { basename, join } from 'node:path'
import type { Manifest } from '../../bundle/manifest.ts'
import { programs } from '../../bundle/payload.ts'
import { paths } from '../../node/paths.ts'
import { type DesiredStep, readable, type StepMakers } from './step-makers.ts'

/**
 * What a cluster machine needs to become the cloud side: images, keadm and manifests. No units and no broker: its image
 * is there to be passed on.
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
    place(programs.keadm),
    ...manifests.map(({ path }) =>
      place({ member: path, path: join(paths.manifests, basename(path)), mode: 0o644 }),
    ),
    installedManifest(),
  ]
}
