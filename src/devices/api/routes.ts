import { randomUUID } from 'node:crypto'
import type * as z from 'zod'
import { type Commands, type Sent, stateOf } from '../commands/commands.ts'
import type { Store, StoredCommand, StoredDevice } from '../store/store.ts'
import { HttpProblem } from './problem.ts'
import * as schemas from './schemas.ts'

/** What the routes work with. */
export interface Api {
  devices: Store['devices']
  stored: Store['commands']
  commands: Commands
  /** Whose presence is known from now on, and whose no longer. */
  presence: { add(device: string): void; remove(device: string): void }
  timeoutSeconds: number
  health(): schemas.Health
  metrics(): Promise<string>
}

export interface Call {
  /** Parameters of the path, decoded. */
  parameters: Readonly<Record<string, string>>
  /** Valid. */
  query: Readonly<Record<string, unknown>>
  /** Valid; undefined unless the route has a request schema. */
  body: unknown
  /** Prefer: respond-async (RFC 7240). */
  prefersAsync: boolean
  /** The client has gone, or the service stops. */
  signal: AbortSignal
}

export interface Answer {
  status: number
  /** JSON, or text. */
  body?: object | string
  headers?: Record<string, string>
}

export interface Route {
  method: 'GET' | 'POST' | 'PUT' | 'DELETE'
  /** With `{name}` for a parameter. */
  path: string
  /** Name in the OpenAPI document. */
  id: string
  summary: string
  /** Without the token. */
  open?: true
  query?: Readonly<Record<string, { description: string; schema: z.ZodType }>>
  request?: z.ZodType
  /** The answers besides those that every route has. */
  responses: Readonly<Record<number, { description: string; schema?: z.ZodType; text?: true }>>
  handle(api: Api, call: Call): Promise<Answer>
}

const unknownDevice = { description: 'The device is unknown.', schema: schemas.problem }
const databaseAway = { description: 'The database cannot be used now.', schema: schemas.problem }

export const routes: readonly Route[] = [
  {
    method: 'POST',
    path: '/devices/{device_id}/control',
    id: 'controlDevice',
    summary: 'Send a command to a device, and wait for its answer',
    request: schemas.controlRequest,
    responses: {
      200: { description: 'The device answered.', schema: schemas.command },
      202: {
        description: 'Sent. With Prefer: respond-async; Location has its state.',
        schema: schemas.command,
      },
      404: unknownDevice,
      409: { description: 'The request_id is used.', schema: schemas.problem },
      503: {
        description: 'The broker or the database cannot be used now.',
        schema: schemas.problem,
      },
      504: { description: 'The device did not answer in time.', schema: schemas.problem },
    },
    handle: control,
  },
  {
    method: 'GET',
    path: '/commands/{request_id}',
    id: 'getCommand',
    summary: 'Get the state of a command',
    responses: {
      200: { description: 'What is known of it.', schema: schemas.command },
      404: { description: 'No such command.', schema: schemas.problem },
      503: databaseAway,
    },
    async handle({ stored }, { parameters: { request_id: id = '' } }) {
      const command = await stored.find(id)
      if (command === undefined) throw new HttpProblem(404, 'there is no command with this request_id')
      return { status: 200, body: commandBody(command) }
    },
  },
  {
    method: 'GET',
    path: '/devices',
    id: 'listDevices',
    summary: 'List devices by id',
    query: schemas.page,
    responses: { 200: { description: 'A page.', schema: schemas.deviceList }, 503: databaseAway },
    async handle({ devices }, { query }) {
      const { after, limit } = query as { after: string; limit: number }
      const found = await devices.list(after, limit + 1)
      const page = found.slice(0, limit)
      const last = page.at(-1)
      const next = found.length > limit && last ? { next: last.id } : {}
      return { status: 200, body: { devices: page.map(deviceBody), ...next } satisfies schemas.DeviceList }
    },
  },
  {
    method: 'GET',
    path: '/devices/{device_id}',
    id: 'getDevice',
    summary: 'Get the state of a device',
    responses: {
      200: { description: 'Its state.', schema: schemas.device },
      404: unknownDevice,
      503: databaseAway,
    },
    async handle({ devices }, { parameters: { device_id: id = '' } }) {
      return { status: 200, body: deviceBody(await knownDevice(devices, id)) }
    },
  },
  {
    method: 'PUT',
    path: '/devices/{device_id}',
    id: 'addDevice',
    summary: 'Add a device',
    responses: {
      201: { description: 'Added.', schema: schemas.device },
      200: { description: 'It existed.', schema: schemas.device },
      503: databaseAway,
    },
    async handle({ devices, presence }, { parameters: { device_id: id = '' } }) {
      const added = await devices.add(id)
      if (added) presence.add(id)
      return { status: added ? 201 : 200, body: deviceBody(await knownDevice(devices, id)) }
    },
  },
  {
    method: 'DELETE',
    path: '/devices/{device_id}',
    id: 'removeDevice',
    summary: 'Remove a device; its history stays',
    responses: { 204: { description: 'Removed.' }, 404: unknownDevice, 503: databaseAway },
    async handle({ devices, presence }, { parameters: { device_id: id = '' } }) {
      if (!(await devices.remove(id))) throw unknown()
      presence.remove(id)
      return { status: 204 }
    },
  },
  {
    method: 'GET',
    path: '/healthz',
    id: 'getHealth',
    summary: 'Whether messages are stored and commands can be sent',
    open: true,
    responses: {
      200: { description: 'They are.', schema: schemas.health },
      503: { description: 'The broker or the database is away.', schema: schemas.health },
    },
    async handle(api) {
      const health = api.health()
      return { status: health.status === 'ok' ? 200 : 503, body: health }
    },
  },
  {
    method: 'GET',
    path: '/metrics',
    id: 'getMetrics',
    summary: 'Metrics in the text format of Prometheus',
    responses: { 200: { description: 'Metrics.', text: true }, 503: databaseAway },
    handle: async api => ({ status: 200, body: await api.metrics() }),
  },
]

const unknown = (): HttpProblem => new HttpProblem(404, 'the device is unknown')

async function knownDevice(devices: Api['devices'], id: string): Promise<StoredDevice> {
  const device = await devices.find(id)
  if (device === undefined) throw unknown()
  return device
}

async function control(api: Api, { parameters, body, prefersAsync, signal }: Call): Promise<Answer> {
  const { action, params = {}, request_id: given, timeout_seconds: seconds } = body as schemas.ControlRequest
  const { device_id: device = '' } = parameters
  await knownDevice(api.devices, device)
  const requestId = given ?? randomUUID()
  const timeoutMs = (seconds ?? api.timeoutSeconds) * 1000
  const sent = await api.commands.send({ requestId, device, action, params, timeoutMs })
  if (sent !== 'accepted') throw notSent(sent, requestId)
  const location = { location: `/commands/${requestId}` }
  if (prefersAsync) {
    const command = await api.stored.find(requestId)
    const headers = { ...location, 'preference-applied': 'respond-async' }
    return { status: 202, headers, ...(command && { body: commandBody(command) }) }
  }
  const command = await api.commands.answer(requestId, signal)
  if (command?.answer) return { status: 200, body: commandBody(command) }
  if (signal.aborted)
    throw new HttpProblem(503, 'the service stops; the answer will be in the state of the command', {
      headers: location,
      requestId,
    })
  throw new HttpProblem(504, 'the device did not answer in time', { headers: location, requestId })
}

const retry = { headers: { 'retry-after': '5' } }

function notSent(sent: Exclude<Sent, 'accepted'>, requestId: string): HttpProblem {
  switch (sent) {
    case 'request id used':
      return new HttpProblem(409, 'the request_id is used', { requestId })
    case 'not connected':
      return new HttpProblem(503, 'the broker is away', { ...retry, requestId })
    case 'refused':
      return new HttpProblem(503, 'the broker does not allow the service to publish the command', {
        requestId,
      })
    case 'unclear':
      return new HttpProblem(
        503,
        'the broker did not acknowledge the command; the device may have received it',
        { headers: { location: `/commands/${requestId}` }, requestId },
      )
    case 'no subscriber':
      return new HttpProblem(504, 'the device has not subscribed to commands', { requestId })
  }
}

const isoTime = (ms: number): string => new Date(ms).toISOString()
const isoOrNull = (ms: number | undefined): string | null => (ms === undefined ? null : isoTime(ms))

const commandBody = (command: StoredCommand): schemas.Command => {
  const { answer } = command
  return {
    request_id: command.requestId,
    device_id: command.device,
    action: command.action,
    state: stateOf(command, Date.now()),
    created_at: isoTime(command.createdAt),
    expires_at: isoTime(command.expiresAt),
    ...(answer && { answered_at: isoTime(answer.at), success: answer.success }),
    ...(answer?.result !== undefined && { result: JSON.parse(answer.result) }),
  }
}

const deviceBody = (device: StoredDevice): schemas.Device => ({
  device_id: device.id,
  online: device.online ?? null,
  device_status: device.status ?? null,
  last_seen: isoOrNull(device.lastSeen),
  last_heartbeat: isoOrNull(device.lastHeartbeat),
  last_report_data: device.lastReport === undefined ? null : JSON.parse(device.lastReport),
  clock_suspect: device.clockSuspect,
})
