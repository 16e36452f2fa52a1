import type { Manifest } from '../../bundle/manifest.ts'
import type { Facts } from '../../facts/index.ts'

/**
 * Does the bundle bring the container runtime of this node? Only where there is none, or the one it brought before: a
 * containerd that someone else installed is kept, in whatever state it is.
 */
export function bringsRuntime({ files, role }: Manifest, facts: Facts): boolean {
  const { units, containerd, runtimePrograms } = facts
  if (role !== 'edge' || !files.some(({ path }) => path === 'runtime/bin/containerd')) return false
  // What could not be collected may exist: the checks report it.
  if (!('value' in units && 'value' in containerd && 'value' in runtimePrograms)) return false
  const unit = units.value.containerd
  const none =
    unit.load === 'not-found' && !containerd.value.answers && runtimePrograms.value.containerd.length === 0
  return none || unit.ours
}
