import { EdgekitError } from '../lib/errors.ts'
import { nearest } from '../lib/nearest.ts'

/**
 * The error for words that name no command; undefined when they name one. `ids` are those of oclif (`broker:wait`).
 * oclif itself suggests no command.
 */
export function unknownCommand(words: readonly string[], ids: readonly string[]): EdgekitError | undefined {
  const [first, second] = words
  if (first === undefined || first.startsWith('-') || first === 'help' || ids.includes(first))
    return undefined
  const topic = ids.some(id => id.startsWith(`${first}:`))
  if (topic && (second === undefined || second.startsWith('-') || ids.includes(`${first}:${second}`)))
    return undefined
  const typed = topic ? `${first} ${second}` : first
  const commands = ids.map(id => id.replaceAll(':', ' ')).toSorted()
  const meant =
    nearest(typed, commands) ??
    nearest(
      first,
      commands.map(name => name.replace(/ .*/, '')),
    )
  return new EdgekitError(
    `unknown command ${JSON.stringify(typed)}${meant ? `; did you mean ${JSON.stringify(meant)}?` : ''}`,
    {
      code: 'unknown-command',
      remedy: meant ? `Show its help:\n  edgekit ${meant} --help` : 'List all commands:\n  edgekit --help',
    },
  )
}
