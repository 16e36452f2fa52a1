import { expect, test } from 'vitest'
import { isTornConfig } from '../../../../src/edgecore/config/torn-config.ts'

const whole = `database:
  dataSource: /var/lib/kubeedge/edgecore.db
edgecoreVersion: v1.22.2
modules:
  edgeHub:
    httpServer: https://192.0.2.1:10002
    websocket:
      server: 192.0.2.1:10000
  edged:
    hostnameOverride: edge-1
    remoteRuntimeEndpoint: unix:///run/containerd/containerd.sock
  metaManager:
    metaServer:
      enable: true
`
const replaced = (from: RegExp | string, to: string): string => whole.replace(from, to)

test.each<[what: string, now: string | undefined, torn: boolean]>([
  ['the same', whole, false],
  [
    'rewritten by another version, without a key that it does not know',
    replaced(/edgecoreVersion.*/, 'edgecoreVersion: v1.23.1').replace(/ +remoteRuntime.*\n/, ''),
    false,
  ],
  ['with more keys', `${whole}  edgeStream:\n    enable: false\n`, false],
  ['with the cloud that the upgrade sets', replaced('https://192.0.2.1', 'https://192.0.2.9'), false],
  ['empty', '', true],
  ['gone', undefined, true],
  ['cut off between two lines', whole.slice(0, whole.indexOf('  metaManager')), true],
  ['cut off within a line', `${whole.slice(0, whole.indexOf('server: 192'))}server: "192`, true],
  ['all defaults', replaced('https://192.0.2.1', 'https://10.0.0.5').replace('true', 'false'), true],
  ['another node', replaced('edge-1', 'debian'), true],
])('%s', (_, now, torn) => {
  const set = { 'modules.edgeHub.httpServer': 'https://192.0.2.9:10002' }
  expect(isTornConfig(whole, now, set)).toBe(torn)
})

test('a file that was no YAML before is not compared', () => {
  expect(isTornConfig('a: [', 'b: [')).toBe(false)
})
