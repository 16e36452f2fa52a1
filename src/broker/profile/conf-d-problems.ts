import { excerpt } from '../../lib/format.ts'
import type { Files } from '../../node/files.ts'
import { mosquitto, paths } from '../../node/paths.ts'
import { brokerMounts } from '../container-paths.ts'

/** A line of a file in conf.d, or the file (line 1), that contradicts the configuration of edgekit, or a line that cannot work. */
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

/** Why an option with this value does not work; undefined when it does. mosquitto.conf(5). */
type Judges = Readonly<Record<string, (value: string) => string | undefined>>

/** Paths that do not exist in the broker's container, or cannot be written there. */
const pathJudges: Judges = {
  persistence_location: outside,
  pid_file: outside,
  log_dest: value => (value.startsWith('file ') ? outside(value.slice(5).trim()) : undefined),
}

/** What edgekit decides is no matter of conf.d, either. */
const judges: Judges = {
  ...pathJudges,
  listener: () => aboutListeners,
  port: () => aboutListeners,
  bind_address: () => aboutListeners,
  per_listener_settings: value =>
    value === 'true' ? 'the options of edgekit are for all listeners' : undefined,
  allow_anonymous: value =>
    value === 'true' ? 'anyone on the network could publish without a password' : undefined,
  password_file: () => aboutUsers,
  acl_file: () => aboutUsers,
}

/** Far more than a file that was written by hand. */
const mostBytes = 1_000_000

/**
 * What contradicts the configuration of edgekit, by file and line, and files that the broker cannot read or that others can change.
 * Never throws because of what such a file is. Read-only.
 */
export async function confDProblemsOf(files: Files): Promise<ConfDProblem[]> {
  const names = (await files.list(paths.brokerConfD)).filter(name => name.endsWith('.conf')).toSorted()
  const found = await Promise.all(
    names.map(async name => {
      const path = `${paths.brokerConfD}/${name}`
      const reason = await fileProblem(path, files)
      // A name can have line feeds.
      const shown = JSON.stringify(path).slice(1, -1)
      if (reason !== undefined) return [{ path: shown, line: 1, text: shown, reason }]
      return confDProblems((await files.read(path)) ?? '', shown)
    }),
  )
  return found.flat()
}

/** Why the file itself does not serve. */
async function fileProblem(path: string, files: Files): Promise<string | undefined> {
  const found = await files.status(path)
  if (!found) return undefined
  if (found.kind === 'symlink') return 'it is a symbolic link, which leads elsewhere in the container'
  if (found.kind !== 'file') return 'it is not a regular file'
  if (found.size > mostBytes) return `it has ${found.size} bytes, the limit is ${mostBytes}`
  // The broker's own user sees the directory read-only.
  const others = found.uid !== 0 && found.uid !== mosquitto.uid
  if (others || (found.mode & 0o022) !== 0)
    return `others than root can change it: mode ${found.mode.toString(8)}, user ${found.uid}, group ${found.gid}`
  return undefined
}

/** The same for the text of one file. */
export const confDProblems = (text: string, path: string): ConfDProblem[] => problemsIn(text, path, judges)

/** Lines of mosquitto.conf, as tutorials have them, with paths that the broker cannot use in its container. */
export const pathProblems = (text: string, path: string): ConfDProblem[] => problemsIn(text, path, pathJudges)

const problemsIn = (text: string, path: string, judges: Judges): ConfDProblem[] =>
  text.split('\n').flatMap((raw, index) => {
    const [, option = '', value = ''] = /^\s*(\S+)\s*(.*?)\s*$/.exec(raw) ?? []
    const reason = Object.hasOwn(judges, option) ? judges[option]?.(value) : undefined
    return reason === undefined ? [] : [{ path, line: index + 1, text: excerpt(raw.trim(), 200), reason }]
  })
