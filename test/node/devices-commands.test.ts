import { once } from 'node:events'
import { connect } from 'node:net'
import { DatabaseSync } from 'node:sqlite'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { ImageMosquitto } from '../../lab/brokers/image-mosquitto.ts'
import { Esp32 } from '../../lab/devices/esp32.ts'
import { DevicesService } from '../../lab/devices/service.ts'
import { jsonOutput } from '../json-output.ts'

async function setUp(settings = '') {
  const broker = await ImageMosquitto.start()
  const service = await DevicesService.prepare(settings, {
    MQTT_BROKER: broker.host,
    MQTT_PORT: String(broker.port),
  })
  await service.start()
  await service.request('PUT', '/devices/d1')
  return {
    broker,
    service,
    async [Symbol.asyncDispose]() {
      await service[Symbol.asyncDispose]()
      await broker[Symbol.asyncDispose]()
    },
  }
}

const bodyOf = async (response: Response): Promise<[number, Record<string, unknown>]> => [
  response.status,
  (await response.json()) as Record<string, unknown>,
]

test('a command is answered, whatever the device does', async () => {
  await using running = await setUp()
  const { service, broker } = running
  await using device = await Esp32.connect(broker, 'd1')
  const control = (body: object | string, headers = {}) =>
    service.request('POST', '/devices/d1/control', body, headers)
  const command = async (id: string) => (await bodyOf(await service.request('GET', `/commands/${id}`)))[1]

  const answered = await control({ action: 'led', params: { on: true }, request_id: 'r1' })
  expect(await bodyOf(answered)).toEqual([
    200,
    {
      request_id: 'r1',
      device_id: 'd1',
      action: 'led',
      state: 'answered',
      created_at: expect.any(String),
      expires_at: expect.any(String),
      answered_at: expect.any(String),
      success: true,
      result: { led: true },
    },
  ])
  const [first] = device.commands
  expect(first?.command).toEqual({ action: 'led', params: { on: true }, request_id: 'r1' })
  expect(first?.packet).toMatchObject({
    qos: 1,
    retain: false,
    properties: {
      responseTopic: 'device/d1/response',
      correlationData: Buffer.from('r1'),
      messageExpiryInterval: 30,
    },
  })

  // Used: also by a command that was answered.
  const used = await bodyOf(await control({ action: 'led', request_id: 'r1' }))
  expect(used).toMatchObject([409, { detail: 'the request_id is used' }])

  // Double and foreign answers change nothing.
  await device.answer('r1', { led: false })
  await device.answer('nobody-asked')
  await using other = await Esp32.connect(broker, 'd2')
  await service.request('PUT', '/devices/d2')
  await other.answer('r1', { led: false })
  await service.until(() => service.rows('SELECT * FROM dead_letter').length === 2, 'rejected')
  expect(await command('r1')).toMatchObject({ state: 'answered', result: { led: true } })

  device.answers = false
  const silent = await control({ action: 'led', request_id: 'r2', timeout_seconds: 1 })
  expect(await bodyOf(silent)).toMatchObject([504, { detail: 'the device did not answer in time' }])
  expect(await command('r2')).toMatchObject({ state: 'timed-out' })
  await device.answer('r2')
  await service.until(
    () => service.rows("SELECT * FROM command WHERE request_id = 'r2' AND success = 1").length === 1,
    'answered late',
  )
  expect(await command('r2')).toMatchObject({ state: 'late', success: true })

  const accepted = await control({ action: 'led', request_id: 'r3' }, { prefer: 'respond-async' })
  expect(accepted.headers.get('location')).toBe('/commands/r3')
  expect(await bodyOf(accepted)).toMatchObject([202, { state: 'pending' }])
  // Without a request_id, the correlation data tells.
  await device.publish('{"success":false}', Buffer.from('r3'))
  await service.until(
    () => service.rows("SELECT * FROM command WHERE request_id = 'r3' AND success = 0").length === 1,
    'answered',
  )
  expect(await command('r3')).toMatchObject({ state: 'answered', success: false })

  // Sent before a restart, answered after it.
  await control({ action: 'led', request_id: 'r4' }, { prefer: 'respond-async' })
  await service.stop('SIGKILL')
  await device.answer('r4')
  await service.start()
  await service.until(
    () => service.rows("SELECT * FROM command WHERE request_id = 'r4' AND success = 1").length === 1,
    'answered after a restart',
  )
  expect(await bodyOf(await service.request('GET', '/commands/r9'))).toMatchObject([404, {}])
  expect(service.rows('SELECT reason FROM dead_letter')).toEqual([
    { reason: 'the device was sent no command with this request_id' },
    { reason: 'the device was sent no command with this request_id' },
  ])
})

test('a command that cannot reach its device is an error at once', async () => {
  await using running = await setUp()
  const { service, broker } = running
  const control = async (id: string, body: object | string = { action: 'a' }) =>
    await bodyOf(await service.request('POST', `/devices/${id}/control`, body))
  expect(await control('d9')).toMatchObject([404, { detail: 'the device is unknown' }])
  expect(await control('d1')).toMatchObject([504, { detail: 'the device has not subscribed to commands' }])
  for (const body of [{}, { action: 7 }, { action: 'a', more: 1 }, { action: 'a', timeout_seconds: 301 }])
    expect(await control('d1', body)).toMatchObject([422, {}])
  {
    using other = new DatabaseSync(service.database)
    other.exec('BEGIN IMMEDIATE')
    expect(await control('d1')).toMatchObject([503, { detail: 'the database cannot be used now' }])
  }
  await using device = await Esp32.connect(broker, 'd1')
  device.answers = false
  const waiting = control('d1', { action: 'a', request_id: 'w1' })
  await service.until(() => device.commands.length === 1, 'sent')
  const stopped = performance.now()
  expect(await service.stop()).toBe(0)
  expect(performance.now() - stopped).toBeLessThan(5000)
  expect(await waiting).toMatchObject([503, { request_id: 'w1' }])
  await service.start()
  await broker.stop()
  await service.until(() => service.log.at(-1)?.['level'] === 'warning', 'disconnected')
  expect(await control('d1')).toMatchObject([503, { detail: 'the broker is away' }])
  expect(await bodyOf(await service.request('GET', '/healthz', undefined, { authorization: '' }))).toEqual([
    503,
    { status: 'degraded', broker: 'away', database: 'ok', waiting: 0, lag_ms: 0, dead_letters: 0 },
  ])
})

test('devices can be listed, added, and removed, and metrics have no secrets', async () => {
  await using running = await setUp()
  const { service, broker } = running
  await using device = await Esp32.connect(broker, 'd1')
  for (const id of ['a', 'b', 'c']) expect((await service.request('PUT', `/devices/${id}`)).status).toBe(201)
  expect((await service.request('PUT', '/devices/a')).status).toBe(200)
  await device.client.publishAsync('device/d1/data/t', '{"value":7}', { qos: 1 })
  await device.client.publishAsync('device/removed/data/t', '{"value":7}', { qos: 1 })
  await service.until(() => service.rows('SELECT * FROM dead_letter').length === 1, 'stored')
  const page = async (query: string) => {
    const [, { devices, next }] = await bodyOf(await service.request('GET', `/devices${query}`))
    return [(devices as { device_id: string }[]).map(({ device_id: id }) => id).join(' '), next]
  }
  expect(await page('?limit=3')).toEqual(['a b c', 'c'])
  expect(await page('?limit=3&after=c')).toEqual(['d1', undefined])
  expect(await bodyOf(await service.request('GET', '/devices/d1'))).toMatchObject([
    200,
    { device_id: 'd1', online: true, last_report_data: { value: 7 }, clock_suspect: false },
  ])
  expect((await service.request('DELETE', '/devices/a')).status).toBe(204)
  expect((await service.request('DELETE', '/devices/a')).status).toBe(404)
  expect((await service.request('GET', '/devices/a')).status).toBe(404)
  const metrics = await (await service.request('GET', '/metrics')).text()
  expect(metrics).toContain('edgekit_devices_messages_total{result="stored"} 1\n')
  expect(metrics).toContain('edgekit_devices_messages_total{result="dead_letter"} 1\n')
  expect(metrics).toContain('edgekit_devices_http_requests_total{status="404"} 2\n')
  expect(metrics).toContain('edgekit_devices_known 3\n')
  expect(metrics).toContain('edgekit_devices_online 1\n')
  expect(metrics + JSON.stringify(service.log)).not.toContain(service.token)

  // A UUID is the same in either case.
  const uuid = '0190D9F4-7C1E-7B3A-9F00-0123456789AB'
  expect((await service.request('PUT', `/devices/${uuid}`)).status).toBe(201)
  await device.client.publishAsync(`devices/${uuid}/data`, '{"value":8}', { qos: 1 })
  await expect
    .poll(async () => bodyOf(await service.request('GET', `/devices/${uuid}`)))
    .toMatchObject([200, { device_id: uuid.toLowerCase(), last_report_data: { value: 8 } }])
})

test('people use it from the command line', async () => {
  await using running = await setUp()
  const { service, broker } = running
  await using device = await Esp32.connect(broker, 'd1')
  const run = async (...args: string[]) => {
    const { exitCode, stdout, stderr } = await service.edgekit(...args)
    return [exitCode, stdout || stderr.split('What to do')[0]?.replaceAll(/\s+/g, ' ').trim()]
  }
  expect(await run('add', 'd2', 'd1')).toEqual([0, 'd2 added\nd1 exists\n'])
  const watching = service.edgekit('watch', '--time', '4s', '--json')
  await device.client.publishAsync('device/d1/data/t', '{"value":7}', { qos: 1 })
  expect(await run('send', 'd1', 'led', '{"on":true}')).toEqual([
    0,
    'd1 answered: success\n{\n  "led": true\n}\n',
  ])
  const { changes } = jsonOutput('devices-watch', (await watching).stdout)
  expect(changes).toContainEqual(
    expect.objectContaining({ device_id: 'd1', online: true, last_report_data: { value: 7 } }),
  )
  const [, table] = await run('list')
  expect(table).toMatch(
    /^DEVICE {2}PRESENCE {2}STATUS {2}LAST SEEN\nd1 {6}online {4}- {7}\d+s ago\nd2 .* never\n$/,
  )
  const shown = jsonOutput('devices-show', (await service.edgekit('show', 'd1', '--json')).stdout)
  expect(shown.device).toMatchObject({ device_id: 'd1', last_report_data: { value: 7 } })
  expect(device.commands[0]?.packet.properties?.messageExpiryInterval).toBe(30)
  device.answers = false
  expect(await run('send', 'd1', 'led', '--timeout', '1s')).toEqual([
    5,
    'edgekit: cannot send the command to the device d1: the device did not answer in time',
  ])
  expect(await run('remove', 'd2')).toEqual([0, 'd2 removed\n'])
  expect(await run('remove', 'd2')).toEqual([
    3,
    'edgekit: cannot remove the device d2: the device is unknown',
  ])
  await service.stop()
  expect(await run('list')).toEqual([
    3,
    expect.stringContaining('edgekit: cannot reach the device service at 127.0.0.1:'),
  ])
})

test('hostile requests are refused, and hold up nothing', async () => {
  await using running = await setUp()
  const { service } = running
  const { hostname, port } = new URL(service.url)
  /** Send bytes, and return what came back until the connection ended. */
  const raw = async (bytes: string, timeoutMs = 15_000): Promise<string> => {
    const socket = connect({ host: hostname, port: Number(port) })
    await once(socket, 'connect')
    const received: Buffer[] = []
    socket.on('data', (data: Buffer) => received.push(data)).on('error', () => undefined)
    socket.write(bytes)
    await Promise.race([once(socket, 'close'), sleep(timeoutMs)])
    socket.destroy()
    return Buffer.concat(received).toString()
  }
  // Slow loris: a connection whose headers never end, and one whose body never ends.
  const slowHead = raw('GET /healthz HTTP/1.1\r\nHost: x\r\nX-A: ')
  const slowBody = raw(
    `PUT /devices/d2 HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${service.token}\r\nContent-Length: 10\r\n\r\n{`,
  )
  const control = (body: string, headers: Record<string, string> = {}) =>
    service.request('POST', '/devices/d1/control', body, headers)
  expect((await control('x'.repeat(1_000_000))).status).toBe(413)
  expect((await control('{"action":')).status).toBe(400)
  expect((await control(`{"action":"a","params":${'{"a":'.repeat(5000)}1${'}'.repeat(5000)}}`)).status).toBe(
    400,
  )
  expect((await control('{"action":"a"}', { authorization: '' })).status).toBe(401)
  expect((await control('{"action":"a"}', { authorization: `Bearer ${service.token}x` })).status).toBe(401)
  const put = (id: string) => service.request('PUT', `/devices/${id}`)
  expect((await put('%zz')).status).toBe(400)
  expect((await put('a%2Fb')).status).toBe(422)
  expect((await put('%00')).status).toBe(422)
  expect((await put('x'.repeat(129))).status).toBe(422)
  expect((await service.request('GET', '/devices?limit=0')).status).toBe(422)
  expect((await service.request('GET', '/devices?more=1')).status).toBe(422)
  expect((await service.request('PATCH', '/devices/d1')).status).toBe(405)
  expect((await service.request('GET', '/etc/passwd')).status).toBe(404)
  expect((await service.request('GET', '/devices', undefined, { 'x-huge': 'x'.repeat(10_000) })).status).toBe(
    431,
  )
  const preflight = await service.request('OPTIONS', '/devices', undefined, { origin: 'http://evil.example' })
  expect([preflight.status, preflight.headers.get('access-control-allow-origin')]).toEqual([405, null])
  expect(await raw('\x16\x03\x01\r\n\r\n')).toMatch(/^HTTP\/1\.1 400 /)
  expect(await raw('GET /healthz HTTP/1.1\r\n\r\n')).toMatch(/^HTTP\/1\.1 400 /)
  expect(
    await raw(
      'POST /devices/d1/control HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n',
    ),
  ).toMatch(/^HTTP\/1\.1 400 /)
  expect(await slowHead).toMatch(/^HTTP\/1\.1 408 /)
  await slowBody
  expect((await service.request('GET', '/healthz')).status).toBe(200)
  expect(service.log.filter(({ level }) => level === 'error')).toEqual([])
})
