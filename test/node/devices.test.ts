import { once } from 'node:events'
import { type AddressInfo, createServer } from 'node:net'
import { DatabaseSync } from 'node:sqlite'
import { setTimeout as sleep } from 'node:timers/promises'
import { isDeepStrictEqual } from 'node:util'
import { describe, expect, test } from 'vitest'
import { ImageMosquitto } from '../../lab/brokers/image-mosquitto.ts'
import { connectDevice, publishNumbered } from '../../lab/devices/publish.ts'
import { DevicesService } from '../../lab/devices/service.ts'

const settings = 'registerUnknown: true\nhistory: { days: 1 }'
const prepare = (broker: ImageMosquitto, text = settings, environment: Record<string, string> = {}) =>
  DevicesService.prepare(text, { MQTT_BROKER: broker.host, MQTT_PORT: String(broker.port), ...environment })

const counted = "SELECT count(*) AS stored, count(DISTINCT payload ->> 'value') AS distinct_ FROM history"

describe.concurrent('edgekit devices serve', () => {
  test('loses and doubles nothing when it is killed, and newer wins', async () => {
    const sent = 6000
    await using broker = await ImageMosquitto.start()
    await using service = await prepare(broker)
    await service.start()
    const device = await connectDevice(broker)
    const published = publishNumbered(device, sent, 20)
    for (let kill = 0; kill < 4; kill++) {
      await sleep(100 + Math.random() * 400)
      await service.stop('SIGKILL')
      await service.start()
    }
    await published
    await device.endAsync()
    const all = { stored: sent, distinct_: sent }
    await service.until(() => service.rows(counted)[0]?.['stored'] === sent, 'complete')
    expect(await service.stop()).toBe(0)
    expect(service.rows(counted)).toEqual([all])
    const newest = service.rows(
      "SELECT last_report_data ->> 'value' AS value FROM device_main ORDER BY value",
    )
    expect(newest.map(({ value }) => value)).toEqual(Array.from({ length: 20 }, (_, at) => sent - 20 + at))
  })

  test('keeps what does not fit, and stores the rest behind it', async () => {
    await using broker = await ImageMosquitto.start()
    await using service = await prepare(broker)
    await service.start()
    const device = await connectDevice(broker)
    const poison: [topic: string, payload: string | Buffer][] = [
      ['device/d1/status', '{"status":'],
      ['device/d1/data/t', 'x'.repeat(1_000_000)],
      ['device/d1/data/t', Buffer.from([0x7b, 0xff, 0x7d])],
      ['device/d1/data/t', '{"value":NaN}'],
      ['device/d1/data/t', '{"value":1,"timestamp":-5}'],
      ['device/d1/data/t', '['.repeat(30_000)],
      ['devices/esp32/data', '{}'],
    ]
    for (const [topic, payload] of poison) await device.publishAsync(topic, payload, { qos: 1 })
    await device.publishAsync('device/d1/status', '{"status":"online"}', { qos: 1 })
    await device.endAsync()
    await service.until(() => service.rows('SELECT * FROM device_main').length === 1, 'stored')
    const started = performance.now()
    expect(await service.stop()).toBe(0)
    expect(performance.now() - started).toBeLessThan(5000)
    expect(service.rows('SELECT reason, size FROM dead_letter ORDER BY id')).toEqual([
      { reason: 'the payload is not JSON', size: 10 },
      { reason: 'the payload is too large', size: 1_000_000 },
      { reason: 'the payload is not valid UTF-8', size: 3 },
      { reason: 'the payload is not JSON', size: 13 },
      { reason: 'the payload does not fit: timestamp', size: 26 },
      { reason: 'the payload is nested too deeply', size: 30_000 },
      { reason: 'the topic has an invalid device id', size: 2 },
    ])
    expect(service.log.at(-1)).toMatchObject({ message: 'stopped', received: 8, stored: 1, deadLetters: 7 })
    expect(service.log.filter(({ message }) => message === 'not stored')).toHaveLength(7)
  })

  test('acknowledges nothing while the database is locked, and stores it afterwards', async () => {
    await using broker = await ImageMosquitto.start()
    await using service = await prepare(broker)
    await service.start()
    const device = await connectDevice(broker)
    {
      using other = new DatabaseSync(service.database)
      other.exec('BEGIN IMMEDIATE')
      // More than Receive Maximum: the rest waits on the broker.
      await publishNumbered(device, 3000)
      await service.until(() => service.log.some(({ level }) => level === 'error'), 'reported')
      await sleep(500)
    }
    await device.endAsync()
    await service.until(() => service.rows(counted)[0]?.['stored'] === 3000, 'complete')
    expect(service.log.slice(2)).toMatchObject([
      {
        message: 'the database cannot be used; messages wait on the broker',
        reason: 'another program has locked it',
      },
      { message: 'the database works again' },
    ])
    await service.stop()
    expect(service.log.at(-1)).toMatchObject({ received: 3000, stored: 3000, duplicates: 0 })
  })

  test('connects again to a broker that was away, and unsubscribes from old topics', async () => {
    await using broker = await ImageMosquitto.start()
    await using service = await prepare(broker, `${settings}\ntopics: [{ topic: 'old/{id}', kind: report }]`)
    await service.start()
    await service.stop()
    await service.configure(`${settings}\ntopics: [{ topic: 'new/{id}', kind: report }]`)
    await service.start()
    await broker.stop()
    await service.until(() => service.log.at(-1)?.['level'] === 'warning', 'disconnected')
    await broker.restart()
    await service.until(() => service.log.at(-1)?.['level'] === 'info', 'connected')
    const device = await connectDevice(broker)
    await device.publishAsync('old/d1', '{"value":0}', { qos: 1 })
    await device.publishAsync('new/d1', '{"value":1}', { qos: 1 })
    await device.endAsync()
    await service.until(() => service.rows('SELECT * FROM history').length === 1, 'stored')
    await service.stop()
    expect(service.log.at(-1)).toMatchObject({ received: 1, stored: 1 })
    const infos = service.log.filter(({ level }) => level === 'info').map(({ message }) => message)
    expect(infos).toEqual([
      'listening',
      'connected to the broker with a new session',
      'stopped',
      'listening',
      'connected to the broker; the session continues',
      'connected to the broker; the session continues',
      'stopped',
    ])
  })

  test('ends when the broker refuses it', async () => {
    await using broker = await ImageMosquitto.start(['allow_anonymous false'])
    await using service = await prepare(broker, settings, { MQTT_USERNAME: 'u', MQTT_PASSWORD: 'not-shown' })
    await service.start({ connected: false })
    expect(await service.ended()).toBe(5)
    const words = service.log.map(({ message }) => message.trim()).join(' ')
    expect(words).toContain(
      `cannot connect to the broker 127.0.0.1:${broker.port}: it refuses the client: not authorized`,
    )
    expect(JSON.stringify(service.log)).not.toContain('not-shown')
  })

  test('ends when another instance takes over its session', async () => {
    await using broker = await ImageMosquitto.start()
    await using first = await prepare(broker)
    await using second = await prepare(broker)
    await first.start()
    await second.start()
    expect(await first.ended()).toBe(5)
    expect(first.log.map(({ message }) => message).join(' ')).toContain(
      'another client uses the client id edgekit-devices',
    )
  })
})

test('a stop does not wait for a broker that accepts connections and is silent', async () => {
  // It reads, or it would not notice the end of a connection and could not close.
  await using silent = createServer(socket => socket.resume()).listen(0, '127.0.0.1')
  await once(silent, 'listening')
  const { port } = silent.address() as AddressInfo
  await using service = await DevicesService.prepare(settings, { MQTT_PORT: String(port) })
  await service.start({ connected: false })
  await service.until(() => service.log.at(-1)?.['level'] === 'warning', 'reported', 20_000)
  expect(service.log.at(-1)).toMatchObject({
    message: 'not connected to the broker; retrying',
    reason: 'no answer within 4 s',
  })
  const started = performance.now()
  expect(await service.stop()).toBe(0)
  expect(performance.now() - started).toBeLessThan(5000)
})

describe.concurrent('presence', () => {
  const leaseSeconds = 2
  const withLease = `${settings}\npresence: { leaseSeconds: ${leaseSeconds} }`
  const onlineOf = (service: DevicesService) =>
    Object.fromEntries(
      service
        .rows('SELECT device_id, is_online FROM device_main')
        .map(({ device_id: device, is_online: online }) => [String(device), online]),
    )
  /** Within one lease, and what a busy machine takes. */
  const becomes = (service: DevicesService, expected: Record<string, number | null>) =>
    service.until(
      () => isDeepStrictEqual(onlineOf(service), expected),
      `online as ${JSON.stringify(expected)}, but as ${JSON.stringify(onlineOf(service))}`,
      30_000,
    )

  test('follows devices that vanish, announce it, or leave a will, and is published', async () => {
    await using broker = await ImageMosquitto.start()
    await using service = await prepare(broker, withLease)
    await service.start()
    const events: string[] = []
    const backend = await connectDevice(broker)
    backend.on('message', (topic, payload) => {
      events.push(`${topic} ${JSON.parse(payload.toString()).device_id}`)
    })
    await backend.subscribeAsync('system/devices/+', { qos: 1 })
    const will = {
      topic: 'device/will/status',
      payload: Buffer.from('{"status":"offline"}'),
      qos: 1,
    } as const
    const devices = await Promise.all([
      connectDevice(broker),
      connectDevice(broker),
      connectDevice(broker, { will }),
      connectDevice(broker),
    ])
    const names = ['silent', 'polite', 'will', 'alive']
    const publish = (index: number, status: string) =>
      devices[index]?.publishAsync(`device/${names[index]}/status`, `{"status":"${status}"}`, { qos: 1 })
    const beats = setInterval(() => void publish(3, 'online'), 300)
    for (const index of names.keys()) await publish(index, 'online')
    await becomes(service, { alive: 1, polite: 1, silent: 1, will: 1 })
    await publish(1, 'offline')
    devices[2]?.stream.destroy()
    await devices[2]?.endAsync(true)
    await becomes(service, { alive: 1, polite: 0, silent: 0, will: 0 })
    clearInterval(beats)
    await becomes(service, { alive: 0, polite: 0, silent: 0, will: 0 })
    await service.until(() => events.length === 8, `published: ${events.join(', ')}`)
    const expected = names.flatMap(name => [
      `system/devices/online ${name}`,
      `system/devices/offline ${name}`,
    ])
    expect(events.toSorted()).toEqual(expected.toSorted())
    await Promise.all([backend, ...devices].map(client => client.endAsync(true)))
  })

  test.each(['SIGKILL', 'SIGTERM'] as const)(
    'is unknown after a broker %s, and a retained "online" does not count',
    async signal => {
      await using broker = await ImageMosquitto.start()
      await using service = await prepare(broker, withLease)
      await service.start()
      const device = await connectDevice(broker)
      await device.publishAsync('device/d1/status', '{"status":"online"}', { qos: 1, retain: true })
      await becomes(service, { d1: 1 })
      // The device dies with the broker, which cannot publish its will.
      await device.endAsync(true)
      await broker.stop(signal)
      await becomes(service, { d1: null })
      await broker.restart()
      await becomes(service, { d1: 0 })
    },
  )

  test('is unknown after the service was killed, for one lease', async () => {
    await using broker = await ImageMosquitto.start()
    await using service = await prepare(broker, withLease)
    await service.start()
    const devices = await Promise.all([connectDevice(broker), connectDevice(broker)])
    const publish = (index: number) =>
      devices[index]?.publishAsync(`device/d${index}/status`, '{"status":"online"}', { qos: 1 })
    await publish(0)
    await publish(1)
    await becomes(service, { d0: 1, d1: 1 })
    await service.stop('SIGKILL')
    await service.start()
    expect(onlineOf(service)).toEqual({ d0: null, d1: null })
    const beats = setInterval(() => void publish(1), 300)
    await becomes(service, { d0: null, d1: 1 })
    await becomes(service, { d0: 0, d1: 1 })
    clearInterval(beats)
    await service.stop()
    expect(onlineOf(service)).toEqual({ d0: 0, d1: null })
    await Promise.all(devices.map(client => client.endAsync(true)))
  })
})
