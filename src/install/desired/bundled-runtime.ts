import type { UnpackedBundle } from '../../bundle/bundle.ts'
import { memberText, withProgram } from '../../bundle/members.ts'
import { containerdMember, edgecoreBase } from '../../bundle/payload.ts'
import { readEdgecoreConfig } from '../../edgecore/config/config.ts'
import { requireFact } from '../../facts/fact.ts'
import type { Facts } from '../../facts/index.ts'
import type { Node } from '../../node/node.ts'
import { paths } from '../../node/paths.ts'
import type { NewRuntime } from './runtime-steps.ts'
import { sandboxImage } from './sandbox-image.ts'

/** How to set up the bundle's container runtime. Runs its containerd once, for the default configuration. */
export async function newRuntime(
  bundle: UnpackedBundle,
  facts: Facts,
  { processes, files }: Node,
): Promise<NewRuntime> {
  const { stdout } = await withProgram(bundle, containerdMember, files, containerd =>
    processes.run(containerd, ['config', 'default'], { timeoutMs: 20_000 }),
  )
  const { config } = requireFact(facts.edgecoreConfig)
  const { cgroupDriver } = (config ?? readEdgecoreConfig(await memberText(bundle, edgecoreBase.member))).edged
  return {
    sandboxImage: sandboxImage(
      stdout,
      bundle.manifest.images.map(({ reference }) => reference),
    ),
    systemdCgroup: cgroupDriver.value === 'systemd',
    ownRunc: !requireFact(facts.runtimePrograms).runc.some(path => path !== paths.runc),
  }
}
