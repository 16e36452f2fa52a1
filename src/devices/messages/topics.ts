import { excerpt } from '../../lib/format.ts'

/** What a device publishes by itself: which format it has, and what it changes. */
export const kinds = ['report', 'measurement', 'status', 'heartbeat', 'ota-request', 'ota-progress'] as const
export type Kind = (typeof kinds)[number] | 'response'

/** A line of the topic table: `device/{id}/data/{type}`. */
export interface TopicRow {
  topic: string
  kind: Kind
}

/** A line of the topic table in the settings. Answers to commands have a topic of their own. */
export type ReportTopic = TopicRow & { kind: (typeof kinds)[number] }

/** Both families: devices by UUID, and by a name. */
export const defaultTopics: readonly ReportTopic[] = [
  { topic: 'devices/{uuid}/data', kind: 'report' },
  { topic: 'devices/{uuid}/status', kind: 'status' },
  { topic: 'devices/{uuid}/heartbeat', kind: 'heartbeat' },
  { topic: 'device/{id}/status', kind: 'status' },
  { topic: 'device/{id}/data/{type}', kind: 'measurement' },
  { topic: 'device/{id}/ota/request', kind: 'ota-request' },
  { topic: 'device/{id}/ota/progress', kind: 'ota-progress' },
]

/** Where a topic leads. */
export type Route = { kind: Kind; device: string; type: string | undefined } | { reason: RouteProblem }

export type RouteProblem = 'the topic is not in the topic table' | 'the topic has an invalid device id'

/** The topic of one device, from a template without `{type}`. */
export const topicOf = (template: string, device: string): string =>
  template.replace(/\{(?:uuid|id)\}/, () => device)

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/
/**
 * The id of a device as it is stored: a UUID is the same in either case (RFC 9562 section 4), and is written in lower case.
 */
export function idOf(text: string): string {
  const lower = text.toLowerCase()
  return uuid.test(lower) ? lower : text
}

/** Names of devices, and of what they measure. In the path of a URL, `.` and `..` mean something else (WHATWG URL). */
export const name = /^(?!\.{1,2}$)[\w.:-]{1,128}$/
const placeholders = ['{uuid}', '{id}', '{type}']

/** The filter with which the broker delivers all topics of a line. */
export const filterOf = ({ topic }: Pick<TopicRow, 'topic'>): string =>
  topic.replaceAll(/\{(?:uuid|id|type)\}/g, '+')

/** Why a topic cannot be in the settings; undefined if it can. `typed`: it can have a `{type}`. */
export function topicProblem(topic: string, { typed }: { typed: boolean }): string | undefined {
  const levels = topic.split('/')
  const found = levels.filter(level => placeholders.includes(level))
  const devices = found.filter(level => level !== '{type}')
  if (levels.some(level => /[+#\0{}]/.test(level) && !placeholders.includes(level)))
    return `expected levels of plain text, {uuid}, {id}, or {type}, found ${excerpt(JSON.stringify(topic))}`
  if (devices.length !== 1) return `expected one {uuid} or {id}, found ${devices.length}`
  const most = typed ? 1 : 0
  if (found.length - devices.length > most) return `expected at most ${most} {type}`
  return topic.startsWith('$') ? 'topics of devices do not begin with $' : undefined
}

/** Find the line of the table for a topic. The first that matches decides. */
export function router(table: readonly TopicRow[]): (topic: string) => Route {
  const lines = table.map(({ topic, kind }) => {
    const levels = topic.split('/').map(level => {
      if (level === '{type}') return '(?<type>[^/]+)'
      return placeholders.includes(level) ? '(?<device>[^/]+)' : RegExp.escape(level)
    })
    return {
      kind,
      valid: topic.includes('{uuid}') ? uuid : name,
      pattern: new RegExp(`^${levels.join('/')}$`),
    }
  })
  return topic => {
    let reason: RouteProblem = 'the topic is not in the topic table'
    for (const { kind, valid, pattern } of lines) {
      const groups = pattern.exec(topic)?.groups
      if (!groups) continue
      const { device = '', type } = groups
      const id = idOf(device)
      if (valid.test(id) && (type === undefined || name.test(type))) return { kind, device: id, type }
      reason = 'the topic has an invalid device id'
    }
    return { reason }
  }
}
