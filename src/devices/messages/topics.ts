import { excerpt } from '../../lib/format.ts'

/** What a device publishes: which format it has, and what it changes. */
export const kinds = ['report', 'measurement', 'status', 'heartbeat', 'ota-request', 'ota-progress'] as const
export type Kind = (typeof kinds)[number]

/** A line of the topic table: `device/{id}/data/{type}`. */
export interface TopicRow {
  topic: string
  kind: Kind
}

/** Both families: devices by UUID, and by a name. */
export const defaultTopics: readonly TopicRow[] = [
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

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/
const name = /^[\w.:-]{1,128}$/
const placeholders = ['{uuid}', '{id}', '{type}']

/** The filter with which the broker delivers all topics of a line. */
export const filterOf = ({ topic }: Pick<TopicRow, 'topic'>): string =>
  topic.replaceAll(/\{(?:uuid|id|type)\}/g, '+')

/** Why a topic cannot be in the table; undefined if it can. */
export function topicProblem(topic: string): string | undefined {
  const levels = topic.split('/')
  const found = levels.filter(level => placeholders.includes(level))
  const devices = found.filter(level => level !== '{type}')
  if (levels.some(level => /[+#\0{}]/.test(level) && !placeholders.includes(level)))
    return `expected levels of plain text, {uuid}, {id}, or {type}, found ${excerpt(JSON.stringify(topic))}`
  if (devices.length !== 1) return `expected one {uuid} or {id}, found ${devices.length}`
  if (found.length - devices.length > 1) return 'expected at most one {type}'
  return topic.startsWith('$') ? 'topics of devices do not begin with $' : undefined
}

/** Find the line of the table for a topic. The first that matches decides. UUIDs are in lower case from here on. */
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
      const id = valid === uuid ? device.toLowerCase() : device
      if (valid.test(id) && (type === undefined || name.test(type))) return { kind, device: id, type }
      reason = 'the topic has an invalid device id'
    }
    return { reason }
  }
}
