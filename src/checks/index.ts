import { appliesToRole } from './applicability.ts'
import { brokerChecks } from './broker/index.ts'
import type { Check, Group, ListedCheck, Role, Tag } from './check.ts'
import { devicesChecks } from './devices/index.ts'
import { driftChecks } from './drift/index.ts'
import { edgecoreChecks } from './edgecore/index.ts'
import { footprintChecks } from './footprint/index.ts'
import { mqttPathChecks } from './mqtt-path/index.ts'
import { nodeChecks } from './node/index.ts'
import { runtimeChecks } from './runtime/index.ts'
import { securityChecks } from './security/index.ts'

/** Every check by group, in the order of a report. docs/checks.md explains each. */
const groups: Record<Group, readonly Check[]> = {
  node: nodeChecks,
  runtime: runtimeChecks,
  broker: brokerChecks,
  edgecore: edgecoreChecks,
  'mqtt-path': mqttPathChecks,
  devices: devicesChecks,
  security: securityChecks,
  footprint: footprintChecks,
  drift: driftChecks,
}

export const checks: readonly ListedCheck[] = Object.entries(groups).flatMap(([group, members]) =>
  members.map(check => ({ ...check, group: group as Group })),
)

/** The checks with this tag. A need without the tag does not block. */
export const checksFor = (tag: Tag): ListedCheck[] => checks.filter(({ tags }) => tags.includes(tag))

/** Those of them that apply to a machine of this role. */
export const checksForRole = (tag: Tag, role: Role): ListedCheck[] =>
  checksFor(tag).filter(check => appliesToRole(check, role))
