import { type IncomingMessage, request } from 'node:http'
import { text as readText } from 'node:stream/consumers'
import { EdgekitError, messageOf } from '../../lib/errors.ts'
import { hostPort } from '../../lib/format.ts'
import type { Command, ControlRequest, Device, DeviceList } from '../api/schemas.ts'
import type { DevicesSettings } from '../settings.ts'

/** The running service, as its commands for people use it. All methods throw EdgekitError. */
export interface DevicesClient {
  list(): Promise<Device[]>
  find(id: string): Promise<Device>
  /** Returns false when it exists. */
  add(id: string): Promise<boolean>
  remove(id: string): Promise<void>
  /** Send a command, and wait for the answer unless `wait` is false. */
  send(
    id: string,
    command: ControlRequest & { timeout_seconds: number },
    options: { wait: boolean },
  ): Promise<Command>
}

interface Target {
  http: DevicesSettings['http']
  token: string
  signal: AbortSignal
}

interface Response {
  status: number
  /** Undefined: no body. */
  body: unknown
}

/** In addition to the time for the answer of a device. */
const answerMs = 10_000
const pageSize = 1000

/** A client of the service. Nothing is sent before a method is called. */
export function devicesClient({ http: { address, port }, token, signal }: Target): DevicesClient {
  // The service listens on every address of the machine.
  const host = address === '0.0.0.0' ? '127.0.0.1' : address === '::' ? '::1' : address
  const where = hostPort(host, port)
  const call = async (
    method: string,
    path: string,
    {
      body,
      headers = {},
      waitMs = 0,
    }: { body?: object; headers?: Record<string, string>; waitMs?: number } = {},
  ): Promise<Response> => {
    const payload = body === undefined ? undefined : JSON.stringify(body)
    const ends = AbortSignal.any([signal, AbortSignal.timeout(answerMs + waitMs)])
    try {
      const message = await new Promise<IncomingMessage>((resolve, reject) => {
        request({
          host,
          port,
          method,
          path,
          headers: { authorization: `Bearer ${token}`, ...headers },
          signal: ends,
          agent: false,
        })
          .once('response', resolve)
          .once('error', reject)
          .end(payload)
      })
      const text = await readText(message)
      const status = message.statusCode ?? 0
      return { status, body: text === '' ? undefined : JSON.parse(text) }
    } catch (error) {
      if (signal.aborted) throw signal.reason
      throw unreachable(
        where,
        ends.aborted ? `no answer within ${(answerMs + waitMs) / 1000} s` : messageOf(error),
      )
    }
  }
  return {
    async list() {
      const devices: Device[] = []
      let after: string | undefined = ''
      while (after !== undefined) {
        const query = new URLSearchParams({ after, limit: String(pageSize) })
        const page = bodyOf<DeviceList>(await call('GET', `/devices?${query.toString()}`), 'list devices')
        devices.push(...page.devices)
        after = page.next
      }
      return devices
    },
    find: async id => bodyOf<Device>(await call('GET', pathOf(id)), `show the device ${id}`),
    async add(id) {
      const response = await call('PUT', pathOf(id))
      bodyOf(response, `add the device ${id}`)
      return response.status === 201
    },
    async remove(id) {
      bodyOf(await call('DELETE', pathOf(id)), `remove the device ${id}`)
    },
    async send(id, command, { wait }) {
      const response = await call('POST', `${pathOf(id)}/control`, {
        body: command,
        headers: wait ? {} : { prefer: 'respond-async' },
        waitMs: wait ? command.timeout_seconds * 1000 : 0,
      })
      return bodyOf<Command>(response, `send the command to the device ${id}`)
    },
  }
}

const pathOf = (id: string): string => `/devices/${encodeURIComponent(id)}`

const unreachable = (where: string, reason: string): EdgekitError =>
  new EdgekitError(`cannot reach the device service at ${where}: ${reason}`, {
    code: 'devices-not-running',
    remedy: 'Start it:\n  edgekit devices serve',
  })

/** Statuses with a code of their own; the others are refusals. */
const problems: Readonly<Record<number, ConstructorParameters<typeof EdgekitError>[1]>> = {
  401: {
    code: 'devices-not-running',
    remedy: 'Restart the service, or name the settings that it runs with: --settings FILE',
  },
  404: { code: 'device-unknown', remedy: 'List the devices:\n  edgekit devices list' },
  503: { code: 'devices-not-ready', remedy: 'Look into the log of the service, and retry.' },
  504: { code: 'device-silent', remedy: 'Check that the device is online:\n  edgekit devices list' },
}

/** The body of a success. */
function bodyOf<T>(response: Response, what: string): T {
  const { status, body } = response
  if (status < 300) return body as T
  const detail =
    typeof body === 'object' && body !== null && 'detail' in body ? String(body.detail) : `status ${status}`
  throw new EdgekitError(`cannot ${what}: ${detail}`, problems[status] ?? { code: 'devices-request-refused' })
}
