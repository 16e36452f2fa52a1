import { accessListWithoutHw } from './access-list-without-hw.ts'
import { anonymousFromNetwork } from './anonymous-from-network.ts'
import { archiveRemoved } from './archive-removed.ts'
import { brokerBusy } from './broker-busy.ts'
import { brokerConfigEdited } from './broker-config-edited.ts'
import { brokerConfigRemoved } from './broker-config-removed.ts'
import { brokerDataOfRoot } from './broker-data-of-root.ts'
import { brokerDatabaseDamaged } from './broker-database-damaged.ts'
import { brokerDisabled } from './broker-disabled.ts'
import { brokerFrozen } from './broker-frozen.ts'
import { brokerFull } from './broker-full.ts'
import { brokerImageLarge } from './broker-image-large.ts'
import { brokerKilledOften } from './broker-killed-often.ts'
import { brokerMisconfigured } from './broker-misconfigured.ts'
import { brokerOpenToNetwork } from './broker-open-to-network.ts'
import { brokerPasswordFileUnreadable } from './broker-password-file-unreadable.ts'
import { brokerStartsSlowly } from './broker-starts-slowly.ts'
import { brokerStopped } from './broker-stopped.ts'
import { brokerUnconfined } from './broker-unconfined.ts'
import { certificateEndsSoon } from './certificate-ends-soon.ts'
import { certificateExpired } from './certificate-expired.ts'
import { certificatesGone } from './certificates-gone.ts'
import { cgroupDriverMismatch } from './cgroup-driver-mismatch.ts'
import { channelFull } from './channel-full.ts'
import { clockBehind } from './clock-behind.ts'
import { cloudImageRemoved } from './cloud-image-removed.ts'
import { cloudTurnsAway } from './cloud-turns-away.ts'
import { configNotLoaded } from './config-not-loaded.ts'
import { configNotYaml } from './config-not-yaml.ts'
import { containerLeft } from './container-left.ts'
import { containerdHung } from './containerd-hung.ts'
import { containerdKillsContainers } from './containerd-kills-containers.ts'
import { containerdNotAtBoot } from './containerd-not-at-boot.ts'
import { containerdStopped } from './containerd-stopped.ts'
import { criDisabled } from './cri-disabled.ts'
import { ctrKilled } from './ctr-killed.ts'
import { databaseEmptied } from './database-emptied.ts'
import { databaseRemoved } from './database-removed.ts'
import { deviceTwinOff } from './device-twin-off.ts'
import { diskNearlyFull } from './disk-nearly-full.ts'
import { distributionBroker } from './distribution-broker.ts'
import { distributionBrokerRuns } from './distribution-broker-runs.ts'
import { dropInEdited } from './drop-in-edited.ts'
import { dropInOfAnother } from './drop-in-of-another.ts'
import { dropInRemoved } from './drop-in-removed.ts'
import { edgecoreDisabled } from './edgecore-disabled.ts'
import { edgecoreFrozen } from './edgecore-frozen.ts'
import { edgecoreRemoved } from './edgecore-removed.ts'
import { edgecoreReplaced } from './edgecore-replaced.ts'
import { edgekitReplaced } from './edgekit-replaced.ts'
import { etcReadOnly } from './etc-read-only.ts'
import { eventBusBoth } from './event-bus-both.ts'
import { eventBusInternal } from './event-bus-internal.ts'
import { eventBusNotRestarted } from './event-bus-not-restarted.ts'
import { eventBusNull } from './event-bus-null.ts'
import { eventBusOff } from './event-bus-off.ts'
import type { Fault } from './fault.ts'
import { healthPortTaken } from './health-port-taken.ts'
import { imageOfOtherPlatform } from './image-of-other-platform.ts'
import { imageRemoved } from './image-removed.ts'
import { imageUnpinned } from './image-unpinned.ts'
import { imagesDeleted } from './images-deleted.ts'
import { impossibleName } from './impossible-name.ts'
import { inodesUsedUp } from './inodes-used-up.ts'
import { installKilled } from './install-killed.ts'
import { journalInMemory } from './journal-in-memory.ts'
import { keyChanged } from './key-changed.ts'
import { keyReadable } from './key-readable.ts'
import { kubeletRuns } from './kubelet-runs.ts'
import { layerCutShort } from './layer-cut-short.ts'
import { logPipeFull } from './log-pipe-full.ts'
import { logReaderStopped } from './log-reader-stopped.ts'
import { memoryFull } from './memory-full.ts'
import { mqttModeThree } from './mqtt-mode-three.ts'
import { neverJoined } from './never-joined.ts'
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
import { otherConfigFile } from './other-config-file.ts'
import { otherNodeName } from './other-node-name.ts'
import { packageHidden } from './package-hidden.ts'
import { passwordWanted } from './password-wanted.ts'
import { podOnPort } from './pod-on-port.ts'
import { portTaken } from './port-taken.ts'
import { programDamaged } from './program-damaged.ts'
import { programsNoExec } from './programs-no-exec.ts'
import { sameClientIds } from './same-client-ids.ts'
import { sandboxImageMissing } from './sandbox-image-missing.ts'
import { schemeMqtt } from './scheme-mqtt.ts'
import { secondBroker } from './second-broker.ts'
import { secondContainerd } from './second-containerd.ts'
import { smallDisk } from './small-disk.ts'
import { tlsFilesMissing } from './tls-files-missing.ts'
import { tlsOnPlainAddress } from './tls-on-plain-address.ts'
import { tokenExpired } from './token-expired.ts'
import { tokenLeft } from './token-left.ts'
import { tokenMalformed } from './token-malformed.ts'
import { twinSilent } from './twin-silent.ts'
import { unitEdited } from './unit-edited.ts'
import { unitMasked } from './unit-masked.ts'
import { unitRemoved } from './unit-removed.ts'
import { unitTouched } from './unit-touched.ts'

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
  accessListWithoutHw,
  anonymousFromNetwork,
  brokerDataOfRoot,
  brokerDatabaseDamaged,
  brokerDisabled,
  brokerFull,
  brokerImageLarge,
  brokerKilledOften,
  brokerPasswordFileUnreadable,
  brokerStartsSlowly,
  brokerUnconfined,
  certificateEndsSoon,
  certificateExpired,
  cloudTurnsAway,
  configNotLoaded,
  configNotYaml,
  deviceTwinOff,
  dropInRemoved,
  edgecoreDisabled,
  edgecoreFrozen,
  eventBusBoth,
  eventBusNotRestarted,
  eventBusNull,
  eventBusOff,
  keyReadable,
  logPipeFull,
  logReaderStopped,
  mqttModeThree,
  neverJoined,
  otherConfigFile,
  sameClientIds,
  schemeMqtt,
  secondBroker,
  tlsFilesMissing,
  tlsOnPlainAddress,
  tokenExpired,
  tokenLeft,
  tokenMalformed,
  twinSilent,
  unitTouched,
  channelFull,
  unitEdited,
  dropInEdited,
  unitRemoved,
  brokerConfigEdited,
  brokerConfigRemoved,
  edgecoreReplaced,
  edgecoreRemoved,
  programDamaged,
  edgekitReplaced,
  archiveRemoved,
  keyChanged,
  installKilled,
  imagesDeleted,
  packageHidden,
  brokerBusy,
  databaseEmptied,
  databaseRemoved,
]
