import type { Manifest } from '../../bundle/manifest.ts'
import { containerdUnit, runtimePrograms } from '../../bundle/payload.ts'
import { readAsset } from '../../lib/assets.ts'
import { fill } from '../../lib/fill-template.ts'
import { containerdSocket, paths, units } from '../../node/paths.ts'
import { type DesiredStep, readable, type StepMakers, textStep } from './step-makers.ts'

/** How to set up a bundle's container runtime on a node that has none. */
export interface NewRuntime {
  /** The image every pod starts with. */
  sandboxImage: string
  /** systemd manages cgroups, as `cgroupDriver` in edgecore.yaml requires. */
  systemdCgroup: boolean
  /** The node has no other runc, which ours would shadow. */
  ownRunc: boolean
}

/** Everything that must be in place before images can be imported. */
export function runtimeSteps(
  { files }: Manifest,
  { sandboxImage, systemdCgroup, ownRunc }: NewRuntime,
  { place, folder, reload, start }: Pick<StepMakers, 'place' | 'folder' | 'reload' | 'start'>,
): DesiredStep[] {
  const programs = runtimePrograms(files.map(({ path }) => path)).filter(
    ({ path }) => ownRunc || path !== paths.runc,
  )
  const plugins = programs.filter(({ path }) => path.startsWith('/opt/cni/'))
  const others = programs.filter(program => !plugins.includes(program))
  const config = fill(readAsset('templates/containerd/config.toml'), {
    SANDBOX_IMAGE: sandboxImage,
    SYSTEMD_CGROUP: String(systemdCgroup),
  })
  return [
    // First, so that after an interruption it shows who owns the programs.
    place(containerdUnit),
    folder('/usr/local/sbin', readable),
    ...others.map(place),
    folder('/opt/cni/bin', readable),
    ...plugins.map(place),
    folder('/etc/containerd', readable),
    textStep(paths.containerdConfig, config),
    ...['/var/lib/containerd', '/run/containerd'].map(
      (path): DesiredStep => ({
        id: path,
        kind: 'service-directory',
        spec: { path },
        because: [paths.containerdUnit],
      }),
    ),
    ...reload(units.containerd, [paths.containerdUnit]),
    start(units.containerd, [
      ...others.map(({ path }) => path),
      paths.containerdConfig,
      paths.containerdUnit,
    ]),
    {
      id: 'containerd answers',
      kind: 'containerd-answers',
      spec: { socket: containerdSocket, timeoutMs: 30_000 },
    },
  ]
}
