import type { Files } from '../../node/files.ts'
import { paths } from '../../node/paths.ts'
import { brokerMounts } from '../container-paths.ts'

/** A line of a file in conf.d that contradicts the configuration of edgekit. */
export interface ConfDProblem {
  path: string
  /** From 1. */
  line: number
  text: string
  reason: string
}

const [{ inside: data } = { inside: '' }] = brokerMounts.filter(({ inside }) => inside.endsWith('/data'))
const isBelowData = (path: string): boolean => path === data || path.startsWith(`${data}/`)

const outside = (path: string): string | undefined =>
  isBelowData(path) ? undefined : `the broker can write only below ${data}`
const aboutListeners = 'listeners are settings of edgekit'
const aboutUsers = 'edgekit keeps users and rules in its own files'

/** Why an option with this value cannot stand in conf.d; undefined when it can. mosquitto.conf(5). */
const judges: Readonly<Record<string, (value: string) => string | undefined>> = {
  listener: () => aboutListeners,
  port: () => aboutListeners,
  bind_address: () => aboutListeners,
  per_listener_settings: value =>
    value === 'true' ? 'the options of edgekit are for all listeners' : undefined,
  allow_anonymous: value =>
    value === 'true' ? 'anyone on the network could publish without a password' : undefined,
  password_file: () => aboutUsers,
  acl_file: () => aboutUsers,
  persistence_location: outside,
  pid_file: outside,
  log_dest: value => (value.startsWith('file ') ? outside(value.slice(5).trim()) : undefined),
}

/** What contradicts the configuration of edgekit, by file and line. Read-only. */
export async function confDProblemsOf(files: Files): Promise<ConfDProblem[]> {
  const names = (await files.list(paths.brokerConfD)).filter(name => name.endsWith('.conf')).toSorted()
  const found = await Promise.all(
    names.map(async name => {
      const path = `${paths.brokerConfD}/${name}`
      return confDProblems((await files.read(path)) ?? '', path)
    }),
  )
  return found.flat()
}

/** The same for the text of one file. */
export const confDProblems = (text: string, path: string): ConfDProblem[] =>
  text.split('\n').flatMap((raw, index) => {
    const [, option = '', value = ''] = /^\s*(\S+)\s*(.*?)\s*$/.exec(raw) ?? []
    const reason = judges[option]?.(value)
    return reason === undefined ? [] : [{ path, line: index + 1, text: raw.trim(), reason }]
  })
