import { globSync, readFileSync } from 'node:fs'
import { basename } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import {
  type ConfigValue,
  patchEdgecoreConfig,
  readEdgecoreConfig,
} from '../../../../src/edgecore/config/config.ts'
import { eventBusValues } from '../../../../src/edgecore/config/event-bus.ts'
import { cloudValues, runtimeValues, unjoinedValues } from '../../../../src/edgecore/config/node-values.ts'

const directory = fileURLToPath(new URL('../../../fixtures/edgecore-config/', import.meta.url))
const files = globSync('*/*.yaml', { cwd: directory }).toSorted()
const endpoint = 'unix:///run/k3s/containerd/containerd.sock'

/** All that an install of a node that has not joined may want to say. */
const valuesFor = (version: string): Record<string, ConfigValue> => ({
  ...eventBusValues,
  ...runtimeValues(version, { endpoint, cgroupDriver: 'systemd' }),
  ...unjoinedValues(version),
  ...cloudValues({ host: '198.51.100.4', port: 30000 }, { quic: false }),
  'modules.edgeHub.token': 'hash.head.body.signature',
  'modules.edged.hostnameOverride': 'edge-7',
})

test('every version has fixtures of every kind', () => {
  expect(files).toHaveLength(12 + 12 + 3)
})

describe.each(files)('%s', file => {
  const before = readFileSync(`${directory}${file}`, 'utf8')
  const version = `${basename(file, '.yaml')}.0`
  const minor = Number(version.split('.')[1])
  const values = valuesFor(version)
  const { text, changed } = patchEdgecoreConfig(before, values)
  const config = readEdgecoreConfig(text)

  test('this version reads the values', () => {
    expect(config.eventBus).toMatchObject({
      enable: { value: true },
      mqttMode: { value: 2 },
      mqttServerExternal: { value: 'tcp://127.0.0.1:1883' },
    })
    expect(config.deviceTwin.enable.value).toBe(true)
    const { edged, edgeHub } = config
    expect(minor <= 17 ? edged.remoteRuntimeEndpoint.value : edged.containerRuntimeEndpoint.value).toBe(
      endpoint,
    )
    expect(minor <= 17 ? edged.remoteImageEndpoint.value : edged.imageServiceEndpoint.value).toBe(endpoint)
    expect(edged.cgroupDriver.value).toBe('systemd')
    expect(edged.hostnameOverride.value).toBe('edge-7')
    expect(edged.disableCSIVolumePlugin.value).toBe(minor >= 22)
    expect(edgeHub).toMatchObject({
      httpServer: { value: 'https://198.51.100.4:10002' },
      websocket: { enable: { value: true }, server: { value: '198.51.100.4:30000' } },
      token: { set: true },
    })
    expect(JSON.stringify(config)).not.toContain('"problem"')
  })

  test('writes no keys that this version does not read', () => {
    expect(/^ +containerRuntimeEndpoint:/m.test(text)).toBe(minor >= 18)
    expect(/^ +remoteRuntimeEndpoint:/m.test(text)).toBe(minor <= 17)
    expect(/^ +containerRuntime: /m.test(text)).toBe(minor <= 17)
    expect(text.includes('containerRuntime: docker')).toBe(false)
    expect(/DisableCSIVolumePlugin/.test(text)).toBe(minor >= 22)
  })

  test('keeps every other line, and changes nothing the second time', () => {
    const was = before.split('\n')
    const is = text.split('\n')
    const kept = was.filter(line => is.includes(line))
    expect(was.length - kept.length).toBeLessThanOrEqual(changed.length)
    const order = kept.filter(line => was.indexOf(line) === was.lastIndexOf(line))
    expect(is.filter(line => order.includes(line) && is.indexOf(line) === is.lastIndexOf(line))).toEqual(
      order.filter(line => is.indexOf(line) === is.lastIndexOf(line)),
    )
    expect(patchEdgecoreConfig(text, values)).toEqual({ text, changed: [] })
  })
})

describe('cloudValues', () => {
  test.each([
    [{ host: '192.0.2.1', port: 10000 }, 'https://192.0.2.1:10002', '192.0.2.1:10000', '192.0.2.1:10004'],
    [
      { host: 'cloud.example', port: 443 },
      'https://cloud.example:10002',
      'cloud.example:443',
      'cloud.example:10004',
    ],
    [
      { host: '2001:db8::1', port: 10000 },
      'https://[2001:db8::1]:10002',
      '[2001:db8::1]:10000',
      '[2001:db8::1]:10004',
    ],
  ])('%o', (cloud, http, websocket, tunnel) => {
    expect(cloudValues(cloud, { quic: false })).toEqual({
      'modules.edgeHub.httpServer': http,
      'modules.edgeHub.websocket.server': websocket,
      'modules.edgeStream.server': tunnel,
    })
  })

  test('gives QUIC the port', () => {
    expect(cloudValues({ host: '192.0.2.1', port: 10001 }, { quic: true })).toMatchObject({
      'modules.edgeHub.websocket.server': '192.0.2.1:10000',
      'modules.edgeHub.quic.server': '192.0.2.1:10001',
    })
  })
})

test.each(['v1.11.4', 'v0.3.0', 'latest'])('edgekit refuses to configure %s', version => {
  expect(() => runtimeValues(version, { endpoint, cgroupDriver: undefined })).toThrow(
    expect.objectContaining({ exitCode: 3, message: expect.stringContaining(version) }),
  )
})
