import { architecture } from './architecture.ts'
import { brokerActive } from './broker-active.ts'
import { brokerImage } from './broker-image.ts'
import { brokerListening } from './broker-listening.ts'
import { brokerPort } from './broker-port.ts'
import { brokerRoundTrip } from './broker-round-trip.ts'
import { bundleImages } from './bundle-images.ts'
import type { Check, Group, ListedCheck, Role, Tag } from './check.ts'
import { containerdAnswers } from './containerd-answers.ts'
import { edgecoreActive } from './edgecore-active.ts'
import { edgecoreEventBus } from './edgecore-event-bus.ts'
import { edgecoreMqtt } from './edgecore-mqtt.ts'
import { foreignUnits } from './foreign-units.ts'
import { networkFiles } from './network-files.ts'
import { nodeName } from './node-name.ts'
import { appliesTo } from './run.ts'
import { runningAsRoot } from './running-as-root.ts'
import { systemdIsInit } from './systemd-is-init.ts'

/** Every check, in the order a node is looked at: what others need comes first. docs/checks.md explains each. */
const groups: Record<Group, readonly Check[]> = {
  node: [runningAsRoot, architecture, systemdIsInit, nodeName, networkFiles, foreignUnits],
  runtime: [containerdAnswers, bundleImages],
  broker: [brokerPort, brokerImage, brokerActive, brokerListening, brokerRoundTrip],
  edgecore: [edgecoreEventBus, edgecoreActive],
  'mqtt path': [edgecoreMqtt],
  security: [],
  footprint: [],
  drift: [],
}

export const checks: readonly ListedCheck[] = Object.entries(groups).flatMap(([group, members]) =>
  members.map(check => ({ ...check, group: group as Group })),
)

/** The checks that belong to one occasion. A need that does not belong to it does not block. */
export const checksFor = (tag: Tag): ListedCheck[] => checks.filter(({ tags }) => tags.includes(tag))

/** Those of them that say something about a machine of this role. */
export const checksForRole = (tag: Tag, role: Role): ListedCheck[] =>
  checksFor(tag).filter(check => appliesTo(check, role))
