import { dirname, join } from 'node:path'
import * as z from 'zod'
import type { BrokerEndpoint } from '../broker/connect.ts'
import { EdgekitError } from '../lib/errors.ts'
import { paths } from '../node/paths.ts'
import { listProblems } from '../yaml/problem-list.ts'
import { locate, problemsOf, type ValueProblem } from '../yaml/problems.ts'
import { readYaml } from '../yaml/source.ts'
import { defaultTopics, kinds, type ReportTopic, topicProblem } from './messages/topics.ts'

const port = z.int().min(1).max(65535)
const path = z.string().startsWith('/', 'expected an absolute path')
/** Seconds. HTTP clients and proxies rarely wait longer than the most. */
export const commandTimeout = z.int().min(1).max(300)

const schema = z.strictObject({
  broker: z
    .strictObject({
      host: z.string().min(1).optional(),
      port: port.optional(),
      username: z.string().min(1).optional(),
      passwordFile: path.optional(),
      /** PEM file; MQTT over TLS. */
      ca: path.optional(),
      clientId: z.string().min(1).max(64).optional(),
      /** How long the broker keeps messages while the service is away. */
      sessionHours: z
        .int()
        .min(1)
        .max(24 * 365)
        .optional(),
    })
    .optional(),
  database: z.strictObject({ path: path.optional() }).optional(),
  topics: z
    .array(z.strictObject({ topic: z.string().min(1), kind: z.enum(kinds) }))
    .min(1)
    .optional(),
  registerUnknown: z.boolean().optional(),
  presence: z.strictObject({ leaseSeconds: z.int().min(1).max(86_400) }).optional(),
  http: z
    .strictObject({
      address: z.union([z.ipv4(), z.ipv6()]).optional(),
      /** 0: a free one. */
      port: z.int().min(0).max(65535).optional(),
      tokenFile: path.optional(),
    })
    .optional(),
  commands: z
    .strictObject({
      topic: z.string().min(1).optional(),
      responseTopic: z.string().min(1).optional(),
      timeoutSeconds: commandTimeout.optional(),
    })
    .optional(),
  history: z.strictObject({ days: z.int().min(1).max(3650) }).optional(),
})

/** How the service runs. */
export interface DevicesSettings {
  broker: {
    host: string
    port: number
    username: string | undefined
    passwordFile: string | undefined
    ca: string | undefined
    clientId: string
    sessionHours: number
  }
  databasePath: string
  topics: readonly ReportTopic[]
  /** Create devices that the database lacks. */
  registerUnknown: boolean
  /** A device is online for this long after each message. */
  leaseSeconds: number
  /** Undefined: no history. */
  historyDays: number | undefined
  http: { address: string; port: number; tokenFile: string }
  commands: {
    /** Templates with `{id}`. */
    topic: string
    responseTopic: string
    /** Time for the answer of a device. */
    timeoutSeconds: number
  }
}

/** How other services of this kind reach MySQL. */
const databaseVariables = ['DB_HOST', 'DB_PORT', 'DB_NAME', 'DB_USER', 'DB_PASSWORD']

export type Environment = Readonly<Record<string, string | undefined>>

/**
 * Read the settings: an environment variable has precedence over the file, which can be absent. Throws EdgekitError
 * (invalid-devices-settings, invalid-environment) that lists each mistake.
 */
export function readSettings(
  file: { path: string; text: string } | undefined,
  environment: Environment,
): DevicesSettings {
  const {
    broker = {},
    database = {},
    topics,
    registerUnknown,
    presence,
    history,
    http,
    commands,
  } = file ? readFile(file) : {}
  const own = brokerEnvironment(environment)
  const databasePath = database.path ?? `${paths.devices}/devices.db`
  return {
    broker: {
      host: own.host ?? broker.host ?? '127.0.0.1',
      port: own.port ?? broker.port ?? (broker.ca === undefined ? 1883 : 8883),
      username: own.username ?? broker.username,
      passwordFile: broker.passwordFile,
      ca: broker.ca,
      clientId: broker.clientId ?? 'edgekit-devices',
      sessionHours: broker.sessionHours ?? 7 * 24,
    },
    databasePath,
    topics: topics ?? defaultTopics,
    registerUnknown: registerUnknown ?? false,
    leaseSeconds: presence?.leaseSeconds ?? 90,
    historyDays: history?.days,
    http: {
      address: http?.address ?? '127.0.0.1',
      port: http?.port ?? 7883,
      tokenFile: http?.tokenFile ?? join(dirname(databasePath), 'token'),
    },
    commands: {
      topic: commands?.topic ?? 'device/{id}/command',
      responseTopic: commands?.responseTopic ?? 'device/{id}/response',
      timeoutSeconds: commands?.timeoutSeconds ?? 30,
    },
  }
}

function readFile(file: { path: string; text: string }): z.infer<typeof schema> {
  const source = readYaml(file.text, file.path)
  if (Array.isArray(source)) throw invalid(file.path, source)
  const value = source.value ?? {}
  const { data, error } = schema.safeParse(value)
  const problems = error ? problemsOf(error.issues, value, schema) : topicProblems(data)
  if (!data || problems.length > 0) throw invalid(file.path, locate(problems, [source]))
  return data
}

function topicProblems({ topics = [], commands = {} }: z.infer<typeof schema>): ValueProblem[] {
  const named: [path: (string | number)[], topic: string | undefined][] = [
    ...topics.map(({ topic }, index): [(string | number)[], string] => [['topics', index, 'topic'], topic]),
    [['commands', 'topic'], commands.topic],
    [['commands', 'responseTopic'], commands.responseTopic],
  ]
  return named.flatMap(([path, topic]) => {
    const problem = topic === undefined ? undefined : topicProblem(topic, { typed: path[0] === 'topics' })
    return problem === undefined ? [] : [{ path, message: `${nameOf(path)}: ${problem}` }]
  })
}

/** `topics[0].topic` */
const nameOf = (path: readonly (string | number)[]): string =>
  path.map((part, at) => (typeof part === 'number' ? `[${part}]` : at === 0 ? part : `.${part}`)).join('')

/** An empty variable is one that is not set: environment files have lines without a value. */
function brokerEnvironment(environment: Environment): {
  host: string | undefined
  port: number | undefined
  username: string | undefined
} {
  const get = (name: string): string | undefined => environment[name] || undefined
  const database = databaseVariables.find(name => get(name) !== undefined)
  if (database !== undefined)
    throw new EdgekitError(`cannot use ${database}: the service stores in SQLite only`, {
      code: 'invalid-environment',
      remedy: `Unset ${database}.`,
    })
  const text = get('MQTT_PORT')
  const number = port.safeParse(text === undefined ? undefined : Number(text))
  if (text !== undefined && !number.success)
    throw new EdgekitError(`invalid MQTT_PORT "${text}": expected a port from 1 to 65535`, {
      code: 'invalid-environment',
      remedy: 'Set MQTT_PORT to the port of the broker, such as 1883.',
    })
  return { host: get('MQTT_BROKER'), port: number.data, username: get('MQTT_USERNAME') }
}

/** Where the service connects, with what its files hold. Throws EdgekitError when user name and password do not fit. */
export function endpointOf(
  { broker: { host, port: number, username } }: DevicesSettings,
  secrets: { password: string | undefined; ca: string | undefined },
): BrokerEndpoint {
  const { password, ca } = secrets
  if ((username === undefined) !== (password === undefined))
    throw new EdgekitError(
      `cannot connect to the broker: ${username === undefined ? 'a password without a user name' : 'a user name without a password'}`,
      {
        code: 'invalid-devices-settings',
        remedy: 'Set both: MQTT_USERNAME and MQTT_PASSWORD, or "username" and "passwordFile" below "broker".',
      },
    )
  return {
    host,
    port: number,
    login: username === undefined || password === undefined ? undefined : { username, password },
    tls: ca === undefined ? undefined : { ca, verify: true },
  }
}

const invalid = (file: string, problems: Parameters<typeof listProblems>[0]): EdgekitError =>
  new EdgekitError(`cannot use the settings ${file}${listProblems(problems)}`, {
    code: 'invalid-devices-settings',
    remedy: 'Correct the file.',
  })
