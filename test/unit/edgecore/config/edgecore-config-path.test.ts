import { expect, test } from 'vitest'
import { edgecoreConfigPath } from '../../../../src/edgecore/config/edgecore-config-path.ts'

test.each([
  ['/usr/local/bin/edgecore --config /etc/edge.yaml', '/etc/edge.yaml'],
  ['/usr/local/bin/edgecore --config=/etc/edge.yaml --v=2', '/etc/edge.yaml'],
  ['/usr/local/bin/edgecore', '/etc/kubeedge/config/edgecore.yaml'],
  ['', '/etc/kubeedge/config/edgecore.yaml'],
])('finds the configuration file of EdgeCore: %s', (execStart, path) => {
  expect(edgecoreConfigPath(execStart)).toBe(path)
})
