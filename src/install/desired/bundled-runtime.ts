import { join } from 'node:path'
import type { Manifest } from '../../bundle/manifest.ts'
import type { UnpackedBundle } from '../../bundle/verify-unpacked.ts'
import type { Check } from '../../checks/check.ts'
import { readEdgecoreConfig } from '../../edgecore/config/config.ts'
import { requireFact } from '../../facts/fact.ts'
import type { Facts } from '../../facts/index.ts'
import type { Node } from '../../node/node.ts'
import { paths } from '../../node/paths.ts'
import type { NewRuntime } from './runtime-steps.ts'
import { sandboxImage } from './sandbox-image.ts'

const program = 'runtime/bin/containerd'

/**
 * Does the bundle bring the container runtime of this node? Only where there is none, or the one it brought before: a
 * containerd of somebody else is kept, whatever it is and in whatever state.
 */
export function bringsRuntime({ files, role }: Manifest, facts: Facts): boolean {
  const { units, containerd, runtimePrograms } = facts
  if (role !== 'edge' || !files.some(({ path }) => path === program)) return false
  // What could not be looked at may well be there: the checks say so.
  if (!('value' in units && 'value' in containerd && 'value' in runtimePrograms)) return false
  const unit = units.value.containerd
  const none =
    unit.load === 'not-found' && !containerd.value.answers && runtimePrograms.value.containerd.length === 0
  return none || unit.ours
}

/** The same checks, for a node whose runtime comes with the install: what has to do with containerd is not there yet. */
export function beforeRuntime<C extends Check>(checks: readonly C[]): C[] {
  const later = new Set(['containerd-answers'])
  return checks.map(check => {
    if (!later.has(check.id) && !check.needs?.some(id => later.has(id))) return check
    later.add(check.id)
    return {
      ...check,
      needs: [],
      run: () => ({ status: 'skip', observed: 'containerd comes with the bundle' }),
    }
  })
}

/** What has to be known about the runtime of the bundle before it is installed. Runs its containerd once. */
export async function newRuntime(
  { directory, manifest }: UnpackedBundle,
  facts: Facts,
  { processes, files }: Node,
): Promise<NewRuntime> {
  const { stdout } = await processes.run(join(directory, program), ['config', 'default'], {
    timeoutMs: 20_000,
  })
  const { config } = requireFact(facts.edgecoreConfig)
  const base = (await files.read(join(directory, 'config/kubeedge/edgecore-config.yaml'))) ?? ''
  const { cgroupDriver } = (config ?? readEdgecoreConfig(base)).edged
  return {
    sandboxImage: sandboxImage(
      stdout,
      manifest.images.map(({ reference }) => reference),
    ),
    systemdCgroup: cgroupDriver.value === 'systemd',
    ownRunc: !requireFact(facts.runtimePrograms).runc.some(path => path !== paths.runc),
  }
}
