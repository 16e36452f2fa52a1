import { Errors, type Interfaces } from '@oclif/core'
import { EdgekitError } from '../lib/errors.ts'
import { nearest } from '../lib/nearest.ts'

/** What oclif attaches to the errors of its parser (lib/parser/errors.d.ts); each has only some of it. */
interface ParserError extends Error {
  flags?: string[]
  args?: readonly (string | Interfaces.Arg<unknown>)[]
  parse?: {
    input?: { flags: Record<string, Rules> }
    output?: Interfaces.ParserOutput
  }
}

type Rules = Pick<Interfaces.BooleanFlag<unknown>, 'exclusive' | 'dependsOn'>

/**
 * The EdgekitError for words that oclif cannot parse; undefined for any other error. `command` is what the user typed,
 * such as `cache ls`.
 */
export function usageError(
  error: Error,
  command: string,
  flags: readonly string[],
): EdgekitError | undefined {
  if (!(error instanceof Errors.CLIError)) return undefined
  return new EdgekitError(reasonOf(error, flags), {
    code: 'invalid-usage',
    remedy: `Show its arguments and flags: edgekit ${command} --help`,
  })
}

function reasonOf(error: ParserError, known: readonly string[]): string {
  const { args, parse } = error
  const [flag] = error.flags ?? []
  if (flag !== undefined) return unknownFlag(flag, known)
  const [arg] = args ?? []
  if (typeof arg === 'string') return `unexpected argument ${JSON.stringify(arg)}`
  if (arg) return `missing argument ${arg.name.toUpperCase()}: ${arg.description}`
  return brokenRule(parse) ?? inOurWords(error.message)
}

/** `known`: flags with their dashes. */
function unknownFlag(flag: string, known: readonly string[]): string {
  const typed = flag.replace(/=.*/s, '')
  const meant = nearest(typed, known)
  return `unknown flag ${typed}${meant ? `; did you mean ${meant}?` : ''}`
}

/** Flags that exclude or require each other. */
function brokenRule({ input, output }: NonNullable<ParserError['parse']> = {}): string | undefined {
  if (!input || !output) return undefined
  const given = (name: string): boolean =>
    output.flags[name] !== undefined && !output.metadata.flags[name]?.setFromDefault
  for (const [name, { exclusive = [], dependsOn = [] }] of Object.entries(input.flags)) {
    if (!given(name)) continue
    const other = exclusive.find(rule => typeof rule === 'string' && given(rule))
    if (other !== undefined) return `--${name} and --${String(other)} cannot be combined`
    const missing = dependsOn.find(rule => typeof rule === 'string' && !given(rule))
    if (missing !== undefined) return `--${name} requires --${String(missing)}`
  }
  return undefined
}

/** The rest has only a text (lib/parser/errors.js and lib/flags.js of @oclif/core 5.1). */
function inOurWords(text: string): string {
  const message = text.replace(/\nSee more help with --help$/, '').replaceAll(/\s+/g, ' ')
  const [, flag, , value, options] = /^Expected (--[\w-]+)?(=)?(.*) to be one of: (.*)$/.exec(message) ?? []
  if (options !== undefined) {
    const meant = nearest(value ?? '', options.split(', '))
    const subject = flag === undefined ? 'invalid argument:' : `invalid value for ${flag}:`
    return `${subject} ${JSON.stringify(value)} is not one of ${options}${meant ? `; did you mean ${meant}?` : ''}`
  }
  return message
    .replace(/^Flag (--[\w-]+) expects (one of these values: )?(.*)$/, (_, name, list, values) =>
      list ? `missing value for ${name}: one of ${values}` : `missing value for ${name}`,
    )
    .replace(/^The following errors? occurred: Missing required flag ([\w-]+).*$/, 'missing flag --$1')
    .replace(/^Flag (--[\w-]+) can only be specified once$/, '$1 is given twice')
}
