import { brokerActive } from './broker/broker-active.ts'
import { brokerAtBoot } from './broker/broker-at-boot.ts'
import { brokerData } from './broker/broker-data.ts'
import { brokerImage } from './broker/broker-image.ts'
import { brokerListening } from './broker/broker-listening.ts'
import { brokerLog } from './broker/broker-log.ts'
import { brokerLogDrained } from './broker/broker-log-drained.ts'
import { brokerLogin } from './broker/broker-login.ts'
import { brokerPort } from './broker/broker-port.ts'
import { brokerRoundTrip } from './broker/broker-round-trip.ts'
import { brokerStable } from './broker/broker-stable.ts'
import { oneBroker } from './broker/one-broker.ts'
import type { Check, Group, ListedCheck, Role, Tag } from './check.ts'
import { brokerConfigInstalled } from './drift/broker-config-installed.ts'
import { edgecoreConfigDrift } from './drift/edgecore-config-drift.ts'
import { filesInstalled } from './drift/files-installed.ts'
import { imageArchives } from './drift/image-archives.ts'
import { installFinished } from './drift/install-finished.ts'
import { unitsInstalled } from './drift/units-installed.ts'
import { unitsLoaded } from './drift/units-loaded.ts'
import { certificateExpiry } from './edgecore/certificate-expiry.ts'
import { edgecoreActive } from './edgecore/edgecore-active.ts'
import { edgecoreAtBoot } from './edgecore/edgecore-at-boot.ts'
import { edgecoreCloud } from './edgecore/edgecore-cloud.ts'
import { edgecoreConfigFile } from './edgecore/edgecore-config-file.ts'
import { edgecoreConfigLoaded } from './edgecore/edgecore-config-loaded.ts'
import { edgecoreConfigValid } from './edgecore/edgecore-config-valid.ts'
import { edgecoreDatabase } from './edgecore/edgecore-database.ts'
import { edgecoreEventBus } from './edgecore/edgecore-event-bus.ts'
import { edgecoreHealth } from './edgecore/edgecore-health.ts'
import { edgecoreOrder } from './edgecore/edgecore-order.ts'
import { edgecoreToken } from './edgecore/edgecore-token.ts'
import { eventBusClients } from './edgecore/event-bus-clients.ts'
import { eventBusTls } from './edgecore/event-bus-tls.ts'
import { imagesEvicted } from './edgecore/images-evicted.ts'
import { nodeCertificate } from './edgecore/node-certificate.ts'
import { brokerCpu } from './footprint/broker-cpu.ts'
import { brokerImageSize } from './footprint/broker-image-size.ts'
import { brokerMemory } from './footprint/broker-memory.ts'
import { brokerStartTime } from './footprint/broker-start-time.ts'
import { edgecoreMqtt } from './mqtt-path/edgecore-mqtt.ts'
import { eventBusBacklog } from './mqtt-path/event-bus-backlog.ts'
import { eventBusTopics } from './mqtt-path/event-bus-topics.ts'
import { twinAnswers } from './mqtt-path/twin-answers.ts'
import { architecture } from './node/architecture.ts'
import { cgroupMode } from './node/cgroup-mode.ts'
import { clock } from './node/clock.ts'
import { clockSynchronised } from './node/clock-synchronised.ts'
import { defaultRoute } from './node/default-route.ts'
import { directoriesWritable } from './node/directories-writable.ts'
import { diskPressure } from './node/disk-pressure.ts'
import { diskSpace } from './node/disk-space.ts'
import { edgecorePorts } from './node/edgecore-ports.ts'
import { foreignDropIns } from './node/foreign-drop-ins.ts'
import { foreignUnits } from './node/foreign-units.ts'
import { inodes } from './node/inodes.ts'
import { journalKept } from './node/journal-kept.ts'
import { kernel } from './node/kernel.ts'
import { maskedUnits } from './node/masked-units.ts'
import { memory } from './node/memory.ts'
import { networkFiles } from './node/network-files.ts'
import { noKubelet } from './node/no-kubelet.ts'
import { nodeName } from './node/node-name.ts'
import { programsCanRun } from './node/programs-can-run.ts'
import { runningAsRoot } from './node/running-as-root.ts'
import { shadowedPackageUnit } from './node/shadowed-package-unit.ts'
import { systemdIsInit } from './node/systemd-is-init.ts'
import { appliesTo } from './run-checks.ts'
import { bundleImages } from './runtime/bundle-images.ts'
import { cgroupDriver } from './runtime/cgroup-driver.ts'
import { cniConfig } from './runtime/cni-config.ts'
import { containerdAnswers } from './runtime/containerd-answers.ts'
import { containerdAtBoot } from './runtime/containerd-at-boot.ts'
import { containerdRestart } from './runtime/containerd-restart.ts'
import { containerdVersion } from './runtime/containerd-version.ts'
import { criPlugin } from './runtime/cri-plugin.ts'
import { ctrFlags } from './runtime/ctr-flags.ts'
import { imageContent } from './runtime/image-content.ts'
import { oneContainerd } from './runtime/one-containerd.ts'
import { orphanBroker } from './runtime/orphan-broker.ts'
import { runcRuns } from './runtime/runc-runs.ts'
import { sandboxImage } from './runtime/sandbox-image.ts'
import { staleContainer } from './runtime/stale-container.ts'
import { anonymousAccess } from './security/anonymous-access.ts'
import { brokerConfined } from './security/broker-confined.ts'
import { leftoverJoinToken } from './security/leftover-join-token.ts'
import { secretFiles } from './security/secret-files.ts'

/** Every check, in the order a node is looked at: what others need comes first. docs/checks.md explains each. */
const groups: Record<Group, readonly Check[]> = {
  node: [
    runningAsRoot,
    kernel,
    architecture,
    systemdIsInit,
    cgroupMode,
    memory,
    diskSpace,
    inodes,
    diskPressure,
    directoriesWritable,
    programsCanRun,
    clock,
    clockSynchronised,
    nodeName,
    defaultRoute,
    networkFiles,
    noKubelet,
    maskedUnits,
    foreignUnits,
    shadowedPackageUnit,
    foreignDropIns,
    edgecorePorts,
    journalKept,
  ],
  runtime: [
    containerdAnswers,
    containerdVersion,
    ctrFlags,
    runcRuns,
    containerdRestart,
    containerdAtBoot,
    oneContainerd,
    criPlugin,
    cgroupDriver,
    sandboxImage,
    cniConfig,
    bundleImages,
    imageContent,
    orphanBroker,
    staleContainer,
  ],
  broker: [
    brokerPort,
    oneBroker,
    brokerImage,
    brokerData,
    brokerLog,
    brokerActive,
    brokerAtBoot,
    brokerStable,
    brokerListening,
    brokerLogDrained,
    brokerLogin,
    brokerRoundTrip,
  ],
  edgecore: [
    edgecoreConfigFile,
    edgecoreConfigValid,
    edgecoreEventBus,
    eventBusTls,
    eventBusClients,
    nodeCertificate,
    certificateExpiry,
    edgecoreToken,
    edgecoreActive,
    edgecoreAtBoot,
    edgecoreOrder,
    edgecoreConfigLoaded,
    edgecoreHealth,
    edgecoreDatabase,
    imagesEvicted,
    edgecoreCloud,
  ],
  'mqtt-path': [edgecoreMqtt, eventBusTopics, twinAnswers, eventBusBacklog],
  security: [anonymousAccess, brokerConfined, secretFiles, leftoverJoinToken],
  footprint: [brokerMemory, brokerCpu, brokerStartTime, brokerImageSize],
  drift: [
    installFinished,
    filesInstalled,
    imageArchives,
    unitsInstalled,
    unitsLoaded,
    brokerConfigInstalled,
    edgecoreConfigDrift,
  ],
}

export const checks: readonly ListedCheck[] = Object.entries(groups).flatMap(([group, members]) =>
  members.map(check => ({ ...check, group: group as Group })),
)

/** The checks that belong to one occasion. A need that does not belong to it does not block. */
export const checksFor = (tag: Tag): ListedCheck[] => checks.filter(({ tags }) => tags.includes(tag))

/** Those of them that say something about a machine of this role. */
export const checksForRole = (tag: Tag, role: Role): ListedCheck[] =>
  checksFor(tag).filter(check => appliesTo(check, role))
