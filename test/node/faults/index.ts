import type { Group } from '../../../src/checks/check.ts'
import { brokerFaults } from './broker.ts'
import { brokerAccessFaults } from './broker-access.ts'
import { devicesFaults } from './devices.ts'
import { driftFaults } from './drift.ts'
import { edgecoreFaults } from './edgecore.ts'
import type { Fault } from './fault.ts'
import { footprintFaults } from './footprint.ts'
import { mqttPathFaults } from './mqtt-path.ts'
import { nodeFaults } from './node.ts'
import { runtimeFaults } from './runtime.ts'
import { securityFaults } from './security.ts'

/** Everything that goes wrong with a node in the tests, by the group of the check that reports it. */
export const faultGroups: Record<Group, readonly Fault[]> = {
  node: nodeFaults,
  runtime: runtimeFaults,
  broker: [...brokerFaults, ...brokerAccessFaults],
  edgecore: edgecoreFaults,
  'mqtt-path': mqttPathFaults,
  devices: devicesFaults,
  security: securityFaults,
  footprint: footprintFaults,
  drift: driftFaults,
}

export const faults: readonly Fault[] = Object.values(faultGroups).flat()
