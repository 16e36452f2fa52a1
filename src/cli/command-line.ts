import { EdgekitError } from '../lib/errors.ts'
import { nearest } from '../lib/nearest.ts'

/** What the words after `edgekit` ask for. Ids are those of oclif (`cache:ls`). */
export type CommandLine =
  | { show: 'version' }
  /** Help for a command, for a topic such as `cache`, or for edgekit itself, which has the id ''. */
  | { show: 'help'; id: string }
  | { show: 'command'; id: string; words: string[] }

const helpWords = ['--help', '-h']
const versionWords = ['--version', '-v']

/** Find the command; `ids` are all commands. Throws EdgekitError (unknown-command, invalid-usage). */
export function readCommandLine(words: readonly string[], ids: readonly string[]): CommandLine {
  const [first, ...rest] = words
  if (first === undefined) return { show: 'help', id: '' }
  if (first === 'version' || versionWords.includes(first)) return { show: 'version' }
  if (first === 'help' || helpWords.includes(first)) return { show: 'help', id: find(rest, ids).id }
  if (first.startsWith('-')) throw missingCommand(first)
  const found = find(words, ids)
  const end = words.indexOf('--')
  const flags = end === -1 ? words : words.slice(0, end)
  const help = !ids.includes(found.id) || flags.some(word => helpWords.includes(word))
  return help ? { show: 'help', id: found.id } : { show: 'command', ...found }
}

/** The longest command or topic that the words begin with, and the words after it. */
function find(words: readonly string[], ids: readonly string[]): { id: string; words: string[] } {
  const end = words.findIndex(word => word === '' || word.startsWith('-'))
  const names = end === -1 ? words : words.slice(0, end)
  const prefixes = names.map((_, index) => names.slice(0, index + 1).join(':'))
  const command = prefixes.findLastIndex(prefix => ids.includes(prefix))
  const id = prefixes[command]
  if (id !== undefined) return { id, words: words.slice(command + 1) }
  const topic = prefixes.findLastIndex(prefix => ids.some(id => id.startsWith(`${prefix}:`)))
  if (topic + 1 < names.length) throw unknownCommand(names.slice(0, topic + 2), ids)
  return { id: prefixes[topic] ?? '', words: words.slice(topic + 1) }
}

function unknownCommand(words: readonly string[], ids: readonly string[]): EdgekitError {
  const typed = words.join(' ')
  const commands = ids.map(id => id.replaceAll(':', ' ')).toSorted()
  const topics = commands.map(name => name.replace(/ \S+$/, ''))
  const meant = nearest(typed, [...commands, ...topics])
  return new EdgekitError(
    `unknown command ${JSON.stringify(typed)}${meant ? `; did you mean ${JSON.stringify(meant)}?` : ''}`,
    {
      code: 'unknown-command',
      remedy: meant
        ? `Show its help: edgekit ${meant} --help`
        : `List all commands: ${['edgekit', ...words.slice(0, -1)].join(' ')} --help`,
    },
  )
}

function missingCommand(flag: string): EdgekitError {
  const meant = nearest(flag, [...helpWords, ...versionWords])
  return new EdgekitError(`missing command before ${flag}${meant ? `; did you mean ${meant}?` : ''}`, {
    code: 'invalid-usage',
    remedy: 'Put flags after the command. List all commands: edgekit --help',
  })
}
