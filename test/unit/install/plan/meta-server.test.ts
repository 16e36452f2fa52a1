import { expect, test } from 'vitest'
import { readEdgecoreConfig } from '../../../../src/edgecore/config/config.ts'
import { metaServerNotes } from '../../../../src/install/plan/meta-server.ts'
import { healthy } from '../../checks/healthy.ts'

test.each([
  ['v1.22.2', 'v1.23.1', true, 'reconnecting', true],
  ['v1.23.1', 'v1.22.2', true, 'reconnecting', true],
  ['v1.21.0', 'v1.22.2', true, 'reconnecting', false],
  ['v1.23.0', 'v1.23.1', true, 'reconnecting', false],
  ['v1.22.2', 'v1.23.1', false, 'reconnecting', false],
  ['v1.22.2', 'v1.23.1', true, 'connected', false],
] as const)('from %s to %s, MetaServer on: %s, cloud: %s', (from, to, enable, cloud, isWarned) => {
  const facts = healthy()
  facts.edgecoreConfig.value.config = readEdgecoreConfig(
    `modules: {metaManager: {metaServer: {enable: ${enable}}}}`,
  )
  facts.edgecoreLog.value.cloud = cloud
  expect(metaServerNotes(from, to, facts)).toEqual(
    isWarned
      ? [
          `MetaServer will have empty lists after the change from ${from} to ${to} until the cloud sends its objects again, and the cloud is not connected now`,
        ]
      : [],
  )
})
