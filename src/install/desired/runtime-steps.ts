import { createHash } from 'node:crypto'
import { basename, join } from 'node:path'
import type { Manifest } from '../../bundle/manifest.ts'
import { readAsset } from '../../lib/assets.ts'
import { containerdSocket, paths, units } from '../../node/paths.ts'
import { type DesiredStep, readable, type StepMakers } from './step-makers.ts'

/** How the container runtime of a bundle is to be set up on a node that has none. */
export interface NewRuntime {
  /** The image that every pod starts with. */
  sandboxImage: string
  /** Whether control groups are systemd's, as `cgroupDriver` in edgecore.yaml says. */
  systemdCgroup: boolean
  /** The node has no runc of somebody else, which ours would hide. */
  ownRunc: boolean
}

/** All that makes the container runtime: what is there before the first image can be imported. */
export function runtimeSteps(
  { files }: Manifest,
  { sandboxImage, systemdCgroup, ownRunc }: NewRuntime,
  { place, folder, reload, start }: Pick<StepMakers, 'place' | 'folder' | 'reload' | 'start'>,
): DesiredStep[] {
  const members = (directory: string): string[] =>
    files.map(({ path }) => path).filter(path => path.startsWith(`runtime/${directory}/`))
  const programs = members('bin').filter(path => ownRunc || path !== 'runtime/bin/runc')
  const target = (path: string): string =>
    path === 'runtime/bin/runc' ? paths.runc : join('/usr/local/bin', basename(path))
  const config = readAsset('templates/containerd/config.toml')
    .replace('@SANDBOX_IMAGE@', sandboxImage)
    .replace('@SYSTEMD_CGROUP@', String(systemdCgroup))
  return [
    // First: after an interruption it says whose the programs are.
    place('systemd/containerd.service', paths.containerdUnit, 0o644),
    folder('/usr/local/sbin', readable),
    ...programs.map(path => place(path, target(path), 0o755)),
    folder('/opt/cni/bin', readable),
    ...members('cni').map(path => place(path, join('/opt/cni/bin', basename(path)), 0o755)),
    folder('/etc/containerd', readable),
    {
      id: paths.containerdConfig,
      kind: 'file',
      spec: {
        path: paths.containerdConfig,
        source: { text: config },
        sha256: createHash('sha256').update(config).digest('hex'),
        ours: false,
        mode: 0o644,
        uid: 0,
        gid: 0,
      },
    },
    ...['/var/lib/containerd', '/run/containerd'].map(
      (path): DesiredStep => ({
        id: path,
        kind: 'service-directory',
        spec: { path },
        because: [paths.containerdUnit],
      }),
    ),
    ...reload(units.containerd, [paths.containerdUnit]),
    start(units.containerd, [...programs.map(target), paths.containerdConfig, paths.containerdUnit]),
    {
      id: 'containerd answers',
      kind: 'containerd-answers',
      spec: { socket: containerdSocket, timeoutMs: 30_000 },
    },
  ]
}
