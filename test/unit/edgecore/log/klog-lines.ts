import { logLines } from '../../../../src/edgecore/log/prefixed-lines.ts'
import { type EdgecoreLogState, readEdgecoreLog } from '../../../../src/edgecore/log/read-log.ts'

/** When the logs of these tests are read: half a minute after second 0 of `klog`. */
export const now = new Date(2026, 0, 2, 12, 0, 30)

let second = 0

interface Options {
  severity?: string
  file?: string
  pid?: number
  /** Seconds after 12:00:00. */
  at?: number
}

/** A klog line, one second after the one before. */
export function klog(
  message: string,
  { severity = 'I', file = 'common.go', pid = 100, at = second++ }: Options = {},
): string {
  const stamp = new Date(2026, 0, 2, 12, 0, 0, at * 1000)
  const two = (value: number) => String(value).padStart(2, '0')
  const clock = [stamp.getHours(), stamp.getMinutes(), stamp.getSeconds()].map(two).join(':')
  const fraction = String(stamp.getMilliseconds()).padStart(3, '0')
  return `${severity}0102 ${clock}.${fraction}000 ${String(pid).padStart(7)} ${file}:9] ${message}`
}

/** What a log that is still written says at `now`. */
export const read = (...lines: string[]): EdgecoreLogState =>
  readEdgecoreLog(logLines(`${lines.join('\n')}\n`), { now })

/** What a saved log says. */
export const readSaved = (...lines: string[]): EdgecoreLogState =>
  readEdgecoreLog(logLines(`${lines.join('\n')}\n`), {})

export const version = (options: Options = {}) => klog('Version: v1.22.0', { file: 'server.go', ...options })
export const start = (id: string, options: Options = {}) =>
  klog(`start connect to mqtt server with client id: ${id}`, options)
export const finish = (role: string, options: Options = {}) =>
  klog(`finish hub-client ${role}`, { file: 'client.go', ...options })
export const error = (text: string, options: Options = {}) =>
  klog(`connect error: ${text}`, { severity: 'E', ...options })
export const lost = (role: string, options: Options & { because?: string } = {}) =>
  klog(`on${role}ConnectionLost with error: ${options.because ?? 'EOF'}`, {
    severity: 'E',
    file: 'client.go',
    ...options,
  })
export const connected = (options: Options = {}) =>
  klog('Websocket connect to cloud access successful', { file: 'websocket.go', ...options })
export const broken = (options: Options = {}) =>
  klog('connection is broken, will reconnect after 30s', { severity: 'W', file: 'edgehub.go', ...options })
export const dialFailed = (why: string, options: Options = {}) =>
  klog(`dial websocket error(${why}), response message: `, { severity: 'E', file: 'ws.go', ...options })
