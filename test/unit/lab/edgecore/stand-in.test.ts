import { randomUUID } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import http2 from 'node:http2'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { describe, expect, onTestFinished, test, vi } from 'vitest'
import { freePort } from '../../../../lab/brokers/free-port.ts'
import { writeCertificates } from '../../../../lab/machine/certificates.ts'
import { logLines } from '../../../../src/edgecore/log/prefixed-lines.ts'
import { readEdgecoreLog } from '../../../../src/edgecore/log/read-log.ts'
import { isEditedSince, valuesIn } from '../../../../src/edgecore/own-writing.ts'
import { eventBusLines, inTwo } from '../../edgecore/log/event-bus-lines.ts'
import { printedDefaults, StandIn } from './run-stand-in.ts'
import { tinyBroker } from './tiny-broker.ts'

// Each test starts a process, which takes its time on a busy machine.
vi.setConfig({ testTimeout: 30_000 })

const real = (name: string) =>
  readFileSync(new URL(`../../../fixtures/edgecore-logs/${name}.log`, import.meta.url), 'utf8')

/** What the log means, without what belongs to one run. `at` is when one looks. */
function meaning(log: string, at = new Date()) {
  const state = readEdgecoreLog(logLines(log), { now: at })
  const { eventBus, cause, fatal, cloud, starts, stopped, internalBroker } = state
  return { eventBus, cause, fatal: fatal?.code, cloud, starts, stopped, internalBroker }
}
const realMeaning = (name: string) => meaning(real(name), new Date(2026, 10, 20, 19, 0))

/** edgecore.yaml of the runs the real logs come from: kubelet and cloud off. */
const busOnly = (eventBus: unknown, rest: object = {}) => ({
  modules: { edged: { enable: false }, edgeHub: { enable: false }, eventBus, ...rest },
})
const broker = (port: number) => `tcp://127.0.0.1:${port}`

async function startBroker(...options: Parameters<typeof tinyBroker>) {
  const started = await tinyBroker(...options)
  onTestFinished(() => started.close())
  return started
}

describe('the stand-in logs what EdgeCore logs and means the same', () => {
  test('broker down, up, and restarted', async () => {
    const port = await freePort()
    const standIn = new StandIn(busOnly({ mqttServerExternal: broker(port) }))
    await standIn.logged(/connect error/, 2)
    const first = await tinyBroker(0, port)
    await standIn.logged(/Init Sub And Pub/)
    await standIn.logged(/failed: no topics found/)
    await first.close()
    await standIn.logged(/connect error/, 6)
    const second = await startBroker(0, port)
    await standIn.logged(/finish hub-client sub/, 2)
    await standIn.logged(/finish hub-client pub/, 2)
    await standIn.logged(/failed: no topics found/, 2)
    second.send('SYS/dis/upload_records', '{}')
    await standIn.logged(/OnSubMessageReceived/)
    expect(await standIn.stop()).toBe(0)

    expect(meaning(standIn.text)).toEqual(realMeaning('broker-down-then-up-then-restart'))
    const [seen, wanted] = [standIn.text, real('broker-down-then-up-then-restart')].map(log =>
      inTwo(eventBusLines(log)),
    )
    expect(seen?.subscribe).toEqual(wanted?.subscribe)
    const init = wanted?.connect.findIndex(line => line.includes('Init Sub And Pub')) ?? 0
    expect(seen?.connect.slice(0, init + 1)).toEqual(wanted?.connect.slice(0, init + 1))
    // Two clients connect again side by side.
    expect(seen?.connect.slice(init).toSorted()).toEqual(wanted?.connect.slice(init).toSorted())
    expect(second.subscriptions).toEqual([
      '$hw/events/upload/# 1',
      '$hw/events/device/+/+/state/update 1',
      '$hw/events/device/+/+/twin/+ 1',
      '$hw/events/node/+/membership/get 1',
      'SYS/dis/upload_records 1',
      '+/user/# 1',
    ])
  })

  test('a broker that requires a password', async () => {
    const { port } = await startBroker(5)
    const standIn = new StandIn(busOnly({ mqttServerExternal: broker(port), mqttPassword: 'without a name' }))
    await standIn.logged(/connect error/, 2)
    expect(await standIn.stop()).toBe(0)
    expect(meaning(standIn.text)).toEqual(realMeaning('nopw'))
    // It tries on until it is stopped.
    const wanted = eventBusLines(real('nopw'))
    expect(eventBusLines(standIn.text).slice(0, wanted.length)).toEqual(wanted)
  })

  test('a port that never answers', async () => {
    const { port } = await startBroker('silent')
    const standIn = new StandIn(busOnly({ mqttServerExternal: broker(port) }))
    await standIn.logged(/isconnected/)
    await new Promise(resolve => setTimeout(resolve, 300))
    const later = new Date(Date.now() + 42_000)
    expect(meaning(standIn.text, later)).toEqual({ ...realMeaning('silent'), stopped: false })
    expect(await standIn.stop()).toBe(0)
    expect(eventBusLines(standIn.text)).toEqual(eventBusLines(real('silent')))
  })

  test('a port that hangs up, as a TLS listener does with plain MQTT', async () => {
    const { port } = await startBroker('close')
    const standIn = new StandIn(busOnly({ mqttServerExternal: broker(port) }), { secondMs: 1000 })
    await standIn.logged(/connect error/)
    await standIn.stop()
    expect(meaning(standIn.text)).toEqual(realMeaning('tcpToTLSport'))
    expect(eventBusLines(standIn.text)).toEqual(eventBusLines(real('tcpToTLSport')))
  })

  test.each([
    ['schememqtt', { mqttServerExternal: 'mqtt://127.0.0.1:1883' }],
    ['unknown', { mqttServerExternal: 'tcp://127.0.0.1:9', noSuchKey: 1 }],
  ])('%s', async (name, eventBus) => {
    const standIn = new StandIn(busOnly(eventBus), { secondMs: 1000 })
    await standIn.logged(/connect error/)
    await standIn.stop()
    expect(meaning(standIn.text)).toEqual(realMeaning(name))
    expect(eventBusLines(standIn.text)).toEqual(eventBusLines(real(name)))
  })

  test.each([
    ['tcp://127.0.0.1', 'no-port'],
    ['', 'no-address'],
    ['tcp://no such host:1', 'bad-address'],
  ])('broker address %j', async (mqttServerExternal, code) => {
    const standIn = new StandIn(busOnly({ mqttServerExternal }))
    await standIn.logged(/connect error/)
    await standIn.stop()
    expect(meaning(standIn.text).cause?.code).toBe(code)
  })

  test('mode 1 has both brokers', async () => {
    const { port } = await startBroker()
    const standIn = new StandIn(
      busOnly({
        mqttMode: 1,
        mqttServerExternal: broker(port),
        mqttServerInternal: broker(await freePort()),
      }),
    )
    await standIn.logged(/Launch internal/)
    await standIn.logged(/client.go.*no topics found/)
    await standIn.stop()
    expect(meaning(standIn.text)).toEqual(realMeaning('mode1'))
    expect(inTwo(eventBusLines(standIn.text))).toEqual(inTwo(eventBusLines(real('mode1'))))
  })

  test('mode 0 has only its own', async () => {
    const standIn = new StandIn(busOnly({ mqttMode: 0, mqttServerInternal: broker(await freePort()) }))
    await standIn.logged(/Launch internal/)
    await standIn.stop()
    expect(meaning(standIn.text)).toEqual(realMeaning('mode0'))
    expect(eventBusLines(standIn.text)).toEqual(eventBusLines(real('mode0')))
  })
})

describe('the stand-in ends where EdgeCore ends', () => {
  const bus = { mqttServerExternal: 'tcp://127.0.0.1:9' }
  test.each([
    ['mode3', busOnly({ mqttMode: 3 }), 1],
    ['modestr', busOnly({ mqttMode: '2' }), 1],
    ['busnull', busOnly(null), 2],
    ['tlsnull', busOnly({ ...bus, eventBusTLS: null }), 2],
    ['tlsmissing', busOnly({ eventBusTLS: { enable: true, tlsMqttCertFile: '/no/cert' } }), 2],
    [
      'nocert-notoken',
      busOnly({ enable: false }, { edgeHub: { tlsCertFile: '/no/cert', httpServer: 'https://127.0.0.1:9' } }),
      2,
    ],
  ])('%s', async (name, config, code) => {
    const standIn = new StandIn(config)
    expect(await standIn.ended()).toBe(code)
    expect(meaning(standIn.text)).toEqual(realMeaning(name))
    expect(eventBusLines(standIn.text).length).toBe(eventBusLines(real(name)).length)
  })

  test('the port of the internal broker is taken', async () => {
    const { port } = await startBroker()
    const standIn = new StandIn(busOnly({ mqttMode: 0, mqttServerInternal: broker(port) }))
    expect(await standIn.ended()).toBe(1)
    expect(meaning(standIn.text)).toEqual(realMeaning('mode0clash'))
    // The real log has one line of another part's later than it happened.
    expect(eventBusLines(standIn.text).toSorted()).toEqual(eventBusLines(real('mode0clash')).toSorted())
  })

  test('no container runtime', async () => {
    const tailoredKubeletConfig = { containerRuntimeEndpoint: 'unix:///no/such.sock' }
    const { port } = await startBroker('silent')
    const standIn = new StandIn(
      busOnly({ mqttServerExternal: broker(port) }, { edged: { tailoredKubeletConfig } }),
    )
    expect(await standIn.ended()).toBe(2)
    expect(meaning(standIn.text)).toEqual(realMeaning('nocontainerd'))
    expect(standIn.text).toMatch(/dial unix \/no\/such\.sock: connect: no such file or directory/)
  })

  // The line is that of KubeEdge v1.22.2 on a node that was born with v1.23.1.
  test('the socket of v1.23, a directory', async () => {
    const path = `${mkdtempSync(join(tmpdir(), 'kubeedge-'))}/`
    onTestFinished(() => rmSync(path, { recursive: true }))
    writeFileSync(join(path, 'edgecore.yaml'), '')
    const standIn = new StandIn(busOnly({ enable: false }, { deviceTwin: { dmiSockPath: path } }))
    expect(await standIn.ended()).toBe(255)
    expect(standIn.text).toContain(
      `server.go:370] failed to remove uds socket with err: remove ${path}: directory not empty\n`,
    )
    expect(meaning(standIn.text).fatal).toBe('twin-socket')
  })

  test('no configuration file', async () => {
    const standIn = new StandIn()
    expect(await standIn.ended()).toBe(1)
    expect(meaning(standIn.text).fatal).toBe('config-missing')
  })
})

describe('the kubelet inside the stand-in', () => {
  const runtime = async (grpcStatus: string) => {
    const path = join(mkdtempSync(join(tmpdir(), 'cri-')), 'cri.sock')
    const server = http2.createServer().on('stream', stream => {
      stream.respond({ ':status': 200, 'content-type': 'application/grpc', 'grpc-status': grpcStatus })
      stream.end()
    })
    await new Promise<void>(resolve => server.listen(path, resolve))
    onTestFinished(() => {
      server.close()
      rmSync(dirname(path), { recursive: true })
    })
    return `unix://${path}`
  }
  const nodeOnly = (tailoredKubeletConfig: object) => ({
    modules: {
      edged: { tailoredKubeletConfig },
      edgeHub: { enable: false, tlsCertFile: '/no/cert' },
      eventBus: { enable: false },
    },
    database: { dataSource: join(tmpdir(), `no-database-${randomUUID()}`) },
  })

  test('gives up when the node has never joined', async () => {
    const standIn = new StandIn(
      nodeOnly({ containerRuntimeEndpoint: await runtime('0'), readOnlyPort: await freePort() }),
    )
    expect(await standIn.ended()).toBe(255)
    expect(meaning(standIn.text).fatal).toBe(realMeaning('csi-offline-exit').fatal)
    const errors = (log: string) => log.match(/csi_plugin\.go:\d+\] .*/g)
    expect(errors(standIn.text)).toEqual(errors(real('csi-offline-exit')))
  })

  test('stays up without CSI volumes and reports that it is healthy', async () => {
    const port = await freePort()
    const featureGates = { DisableCSIVolumePlugin: true }
    const containerRuntimeEndpoint = await runtime('0')
    const standIn = new StandIn(nodeOnly({ containerRuntimeEndpoint, readOnlyPort: port, featureGates }))
    const health = () => fetch(`http://127.0.0.1:${port}/healthz`).then(answer => answer.text(), String)
    await expect.poll(health, { timeout: 5000 }).toBe('ok')
    await new Promise(resolve => setTimeout(resolve, 700))
    expect(await health()).toBe('ok')
    expect(await standIn.stop()).toBe(0)
    expect(meaning(standIn.text)).toMatchObject({ fatal: undefined, stopped: true, eventBus: 'disabled' })
  })

  test('needs the CRI plugin of containerd', async () => {
    const standIn = new StandIn(nodeOnly({ containerRuntimeEndpoint: await runtime('12') }))
    expect(await standIn.ended()).toBe(2)
    expect(meaning(standIn.text).fatal).toBe('cri-disabled')
  })
})

describe('the cloud connection of the stand-in', () => {
  async function joined(name: string, hostnameOverride: string) {
    const root = mkdtempSync(join(tmpdir(), 'joined-'))
    onTestFinished(() => rmSync(root, { recursive: true }))
    await writeCertificates(root, name)
    const certs = join(root, 'etc/kubeedge/certs')
    return {
      modules: {
        edged: { enable: false, hostnameOverride },
        eventBus: { enable: false },
        edgeHub: {
          tlsCertFile: join(certs, 'server.crt'),
          tlsPrivateKeyFile: join(certs, 'server.key'),
          httpServer: 'https://127.0.0.1:9',
          websocket: { enable: true, server: `127.0.0.1:${await freePort()}` },
        },
      },
    }
  }

  test('is retried forever', async () => {
    const standIn = new StandIn(await joined('edge-1', 'edge-1'))
    await standIn.logged(/Init websocket connection failed/, 8)
    expect(await standIn.stop()).toBe(0)
    expect(meaning(standIn.text)).toEqual(realMeaning('certs-ok-nocloud'))
    const lines = (log: string) =>
      log
        .replace(/127\.0\.0\.1:\d+/g, '127.0.0.1:PORT')
        .match(/(websocket|ws|edgehub)\.go:\d+\] .*/g)
        ?.slice(0, 18)
    expect(lines(standIn.text)).toEqual(lines(real('certs-ok-nocloud')))
  })

  test('needs a certificate for this node', async () => {
    const standIn = new StandIn(await joined('edge-1', 'edge-2'))
    expect(await standIn.ended()).toBe(2)
    expect(meaning(standIn.text).fatal).toBe('certificate-name')
  })
})

describe('what else depends on how EdgeCore behaves', () => {
  test('client ids, login and keepalive', async () => {
    const server = await startBroker()
    const login = { mqttUsername: 'edge', mqttPassword: 'secret' }
    const standIn = new StandIn(
      busOnly({
        mqttServerExternal: broker(server.port),
        mqttSubClientID: 'in',
        mqttPubClientID: 'out',
        ...login,
      }),
    )
    await standIn.logged(/Init Sub And Pub/)
    await standIn.stop()
    expect(server.connects.map(packet => packet.subarray(2).toString('latin1'))).toEqual([
      '\0\x04MQTT\x04\xc2\0\x1e\0\x02in\0\x04edge\0\x06secret',
      '\0\x04MQTT\x04\xc2\0\x1e\0\x03out\0\x04edge\0\x06secret',
    ])
  })

  test('the twin answers for a node without devices', async () => {
    const server = await startBroker()
    const standIn = new StandIn(
      busOnly(
        { mqttServerExternal: broker(server.port) },
        { edged: { enable: false, hostnameOverride: 'edge-1' } },
      ),
    )
    await standIn.logged(/no topics found/)
    await standIn.logged(/Init Sub/)
    server.send('$hw/events/node/edge-1/membership/get', '{}')
    await standIn.logged(/Success in pubMQTT/)
    await expect.poll(() => server.published).toEqual(['$hw/events/node/edge-1/membership/get/result'])
    await standIn.stop()
  })

  test('its first start rewrites the configuration, its second keeps it', async () => {
    const text =
      '# mine\nmodules:\n  eventBus: {mqttServerExternal: "tcp://127.0.0.1:9", noSuchKey: 1}\n  edged: {enable: false}\n  edgeHub: {enable: false}\n'
    const standIn = new StandIn(text)
    await standIn.logged(/connect error/)
    const after = readFileSync(standIn.configFile, 'utf8')
    expect(after).not.toMatch(/mine|noSuchKey/)
    expect(after).toMatch(/edgecoreVersion: v1\.22\.0/)
    expect(after).toMatch(/mqttMode: 2/)
    expect(statSync(standIn.configFile).size).toBeGreaterThan(text.length)
    await standIn.stop()
    const known = text.replace(', noSuchKey: 1', '')
    expect(await isEditedSince(valuesIn(known) ?? {}, after, printedDefaults)).toBe(false)
    const edited = after.replace('messageQPS: 30', 'messageQPS: 31')
    expect(await isEditedSince(valuesIn(known) ?? {}, edited, printedDefaults)).toBe(true)
    const again = new StandIn(after)
    await again.logged(/connect error/)
    expect(readFileSync(again.configFile, 'utf8')).toBe(after)
    await again.stop()
  })
})
