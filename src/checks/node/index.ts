import type { Check } from '../check.ts'
import { architecture } from './architecture.ts'
import { brokerMasked } from './broker-masked.ts'
import { cgroupMode } from './cgroup-mode.ts'
import { clock } from './clock.ts'
import { clockSynchronized } from './clock-synchronized.ts'
import { containerdMasked } from './containerd-masked.ts'
import { defaultRoute } from './default-route.ts'
import { directoriesWritable } from './directories-writable.ts'
import { diskPressure } from './disk-pressure.ts'
import { diskSpace } from './disk-space.ts'
import { edgecoreMasked } from './edgecore-masked.ts'
import { edgecorePorts } from './edgecore-ports.ts'
import { foreignDropIns } from './foreign-drop-ins.ts'
import { foreignUnits } from './foreign-units.ts'
import { inodes } from './inodes.ts'
import { inotifyLimits } from './inotify-limits.ts'
import { installFinished } from './install-finished.ts'
import { journalKept } from './journal-kept.ts'
import { kernel } from './kernel.ts'
import { memory } from './memory.ts'
import { networkFiles } from './network-files.ts'
import { noKubelet } from './no-kubelet.ts'
import { nodeInstalled } from './node-installed.ts'
import { nodeName } from './node-name.ts'
import { programsCanRun } from './programs-can-run.ts'
import { runningAsRoot } from './running-as-root.ts'
import { shadowedPackageUnit } from './shadowed-package-unit.ts'
import { systemdIsInit } from './systemd-is-init.ts'

/** In the order they run: what others need comes first. */
export const nodeChecks: readonly Check[] = [
  runningAsRoot,
  kernel,
  architecture,
  systemdIsInit,
  nodeInstalled,
  installFinished,
  cgroupMode,
  inotifyLimits,
  memory,
  diskSpace,
  inodes,
  diskPressure,
  directoriesWritable,
  programsCanRun,
  clock,
  clockSynchronized,
  nodeName,
  defaultRoute,
  networkFiles,
  noKubelet,
  containerdMasked,
  brokerMasked,
  edgecoreMasked,
  foreignUnits,
  shadowedPackageUnit,
  foreignDropIns,
  edgecorePorts,
  journalKept,
]
