import { anonymousAccess } from './anonymous-access.ts'
import { architecture } from './architecture.ts'
import { brokerActive } from './broker-active.ts'
import { brokerAtBoot } from './broker-at-boot.ts'
import { brokerConfigInstalled } from './broker-config-installed.ts'
import { brokerConfined } from './broker-confined.ts'
import { brokerCpu } from './broker-cpu.ts'
import { brokerData } from './broker-data.ts'
import { brokerImage } from './broker-image.ts'
import { brokerImageSize } from './broker-image-size.ts'
import { brokerListening } from './broker-listening.ts'
import { brokerLog } from './broker-log.ts'
import { brokerLogRead } from './broker-log-read.ts'
import { brokerLogin } from './broker-login.ts'
import { brokerMemory } from './broker-memory.ts'
import { brokerPort } from './broker-port.ts'
import { brokerRoundTrip } from './broker-round-trip.ts'
import { brokerStable } from './broker-stable.ts'
import { brokerStartTime } from './broker-start-time.ts'
import { bundleImages } from './bundle-images.ts'
import { certificateExpiry } from './certificate-expiry.ts'
import { cgroupDriver } from './cgroup-driver.ts'
import { cgroupMode } from './cgroup-mode.ts'
import type { Check, Group, ListedCheck, Role, Tag } from './check.ts'
import { clock } from './clock.ts'
import { clockSynchronised } from './clock-synchronised.ts'
import { cniConfig } from './cni-config.ts'
import { containerdAnswers } from './containerd-answers.ts'
import { containerdAtBoot } from './containerd-at-boot.ts'
import { containerdRestart } from './containerd-restart.ts'
import { containerdVersion } from './containerd-version.ts'
import { criPlugin } from './cri-plugin.ts'
import { ctrFlags } from './ctr-flags.ts'
import { defaultRoute } from './default-route.ts'
import { directoriesWritable } from './directories-writable.ts'
import { diskPressure } from './disk-pressure.ts'
import { diskSpace } from './disk-space.ts'
import { edgecoreActive } from './edgecore-active.ts'
import { edgecoreAtBoot } from './edgecore-at-boot.ts'
import { edgecoreCloud } from './edgecore-cloud.ts'
import { edgecoreConfigFile } from './edgecore-config-file.ts'
import { edgecoreConfigLoaded } from './edgecore-config-loaded.ts'
import { edgecoreConfigValid } from './edgecore-config-valid.ts'
import { edgecoreDatabase } from './edgecore-database.ts'
import { edgecoreEventBus } from './edgecore-event-bus.ts'
import { edgecoreHealth } from './edgecore-health.ts'
import { edgecoreKeys } from './edgecore-keys.ts'
import { edgecoreMqtt } from './edgecore-mqtt.ts'
import { edgecoreOrder } from './edgecore-order.ts'
import { edgecorePorts } from './edgecore-ports.ts'
import { edgecoreToken } from './edgecore-token.ts'
import { eventBusBacklog } from './event-bus-backlog.ts'
import { eventBusClients } from './event-bus-clients.ts'
import { eventBusTls } from './event-bus-tls.ts'
import { eventBusTopics } from './event-bus-topics.ts'
import { filesInstalled } from './files-installed.ts'
import { foreignDropIns } from './foreign-drop-ins.ts'
import { foreignUnits } from './foreign-units.ts'
import { hiddenUnit } from './hidden-unit.ts'
import { imageArchives } from './image-archives.ts'
import { imageContent } from './image-content.ts'
import { imagesKept } from './images-kept.ts'
import { inodes } from './inodes.ts'
import { installFinished } from './install-finished.ts'
import { journalKept } from './journal-kept.ts'
import { kernel } from './kernel.ts'
import { maskedUnits } from './masked-units.ts'
import { memory } from './memory.ts'
import { networkFiles } from './network-files.ts'
import { noKubelet } from './no-kubelet.ts'
import { nodeCertificate } from './node-certificate.ts'
import { nodeName } from './node-name.ts'
import { oneBroker } from './one-broker.ts'
import { oneContainerd } from './one-containerd.ts'
import { orphanBroker } from './orphan-broker.ts'
import { programsCanRun } from './programs-can-run.ts'
import { appliesTo } from './run.ts'
import { runcRuns } from './runc-runs.ts'
import { runningAsRoot } from './running-as-root.ts'
import { sandboxImage } from './sandbox-image.ts'
import { secretFiles } from './secret-files.ts'
import { staleContainer } from './stale-container.ts'
import { systemdIsInit } from './systemd-is-init.ts'
import { tokenLeft } from './token-left.ts'
import { twinAnswers } from './twin-answers.ts'
import { unitsInstalled } from './units-installed.ts'
import { unitsLoaded } from './units-loaded.ts'

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
    hiddenUnit,
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
    brokerLogRead,
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
    imagesKept,
    edgecoreCloud,
  ],
  'mqtt path': [edgecoreMqtt, eventBusTopics, twinAnswers, eventBusBacklog],
  security: [anonymousAccess, brokerConfined, secretFiles, tokenLeft],
  footprint: [brokerMemory, brokerCpu, brokerStartTime, brokerImageSize],
  drift: [
    installFinished,
    filesInstalled,
    imageArchives,
    unitsInstalled,
    unitsLoaded,
    brokerConfigInstalled,
    edgecoreKeys,
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
