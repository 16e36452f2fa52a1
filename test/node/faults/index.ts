import { brokerFrozen } from './broker-frozen.ts'
import { brokerMisconfigured } from './broker-misconfigured.ts'
import { brokerOpenToNetwork } from './broker-open-to-network.ts'
import { brokerStopped } from './broker-stopped.ts'
import { certificatesGone } from './certificates-gone.ts'
import { cgroupDriverMismatch } from './cgroup-driver-mismatch.ts'
import { clockBehind } from './clock-behind.ts'
import { cloudImageRemoved } from './cloud-image-removed.ts'
import { containerLeft } from './container-left.ts'
import { containerdHung } from './containerd-hung.ts'
import { containerdKillsContainers } from './containerd-kills-containers.ts'
import { containerdNotAtBoot } from './containerd-not-at-boot.ts'
import { containerdStopped } from './containerd-stopped.ts'
import { criDisabled } from './cri-disabled.ts'
import { ctrKilled } from './ctr-killed.ts'
import { diskNearlyFull } from './disk-nearly-full.ts'
import { distributionBroker } from './distribution-broker.ts'
import { distributionBrokerRuns } from './distribution-broker-runs.ts'
import { dropInOfAnother } from './drop-in-of-another.ts'
import { etcReadOnly } from './etc-read-only.ts'
import { eventBusInternal } from './event-bus-internal.ts'
import type { Fault } from './fault.ts'
import { healthPortTaken } from './health-port-taken.ts'
import { imageOfOtherPlatform } from './image-of-other-platform.ts'
import { imageRemoved } from './image-removed.ts'
import { imageUnpinned } from './image-unpinned.ts'
import { impossibleName } from './impossible-name.ts'
import { inodesUsedUp } from './inodes-used-up.ts'
import { journalInMemory } from './journal-in-memory.ts'
import { kubeletRuns } from './kubelet-runs.ts'
import { layerCutShort } from './layer-cut-short.ts'
import { memoryFull } from './memory-full.ts'
import { noCni } from './no-cni.ts'
import { noContainerd } from './no-containerd.ts'
import { noDefaultRoute } from './no-default-route.ts'
import { noJournal } from './no-journal.ts'
import { noMemoryController } from './no-memory-controller.ts'
import { noResolvConf } from './no-resolv-conf.ts'
import { noRunc } from './no-runc.ts'
import { noSystemd } from './no-systemd.ts'
import { noTimeServer } from './no-time-server.ts'
import { oldContainerd } from './old-containerd.ts'
import { oldCtr } from './old-ctr.ts'
import { oldKernel } from './old-kernel.ts'
import { ordinaryUser } from './ordinary-user.ts'
import { otherArchitecture } from './other-architecture.ts'
import { otherNodeName } from './other-node-name.ts'
import { passwordWanted } from './password-wanted.ts'
import { podOnPort } from './pod-on-port.ts'
import { portTaken } from './port-taken.ts'
import { programsNoExec } from './programs-no-exec.ts'
import { sandboxImageMissing } from './sandbox-image-missing.ts'
import { secondContainerd } from './second-containerd.ts'
import { smallDisk } from './small-disk.ts'
import { unitMasked } from './unit-masked.ts'

/** Everything that goes wrong with a node in the tests. */
export const faults: readonly Fault[] = [
  ordinaryUser,
  otherArchitecture,
  noSystemd,
  impossibleName,
  noResolvConf,
  distributionBroker,
  containerdStopped,
  noContainerd,
  portTaken,
  imageRemoved,
  cloudImageRemoved,
  brokerStopped,
  brokerMisconfigured,
  brokerOpenToNetwork,
  brokerFrozen,
  eventBusInternal,
  certificatesGone,
  passwordWanted,
  oldKernel,
  noMemoryController,
  memoryFull,
  smallDisk,
  inodesUsedUp,
  diskNearlyFull,
  etcReadOnly,
  programsNoExec,
  clockBehind,
  noTimeServer,
  noDefaultRoute,
  otherNodeName,
  kubeletRuns,
  unitMasked,
  dropInOfAnother,
  healthPortTaken,
  noJournal,
  journalInMemory,
  containerdHung,
  oldContainerd,
  oldCtr,
  noRunc,
  containerdKillsContainers,
  containerdNotAtBoot,
  secondContainerd,
  criDisabled,
  cgroupDriverMismatch,
  sandboxImageMissing,
  noCni,
  layerCutShort,
  imageUnpinned,
  ctrKilled,
  containerLeft,
  imageOfOtherPlatform,
  podOnPort,
  distributionBrokerRuns,
]
