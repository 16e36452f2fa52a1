import { EdgekitError } from '../../lib/errors.ts'
import { nearest } from '../../lib/nearest.ts'
import { limitNames, outOfRange } from './broker-limits.ts'
import { type BrokerFlags, brokerSettingsSchema } from './broker-settings.ts'

/** The settings of the broker on a command line, by the names of `broker configure`. */
interface CommandLine {
  profile: BrokerFlags['profile']
  address: string[] | undefined
  name: string[] | undefined
  websockets: boolean | undefined
  set: string[] | undefined
  'allow-plaintext-listener': boolean | undefined
}

/** Those that are there. Throws EdgekitError (usage). */
export function brokerFlags(flags: CommandLine): BrokerFlags {
  const given: BrokerFlags = {
    ...parseBrokerAssignments(flags.set ?? []),
    ...(flags.profile && { profile: flags.profile }),
    ...(flags.address && { addresses: flags.address }),
    ...(flags.name && { names: flags.name }),
    ...(flags.websockets !== undefined && { websockets: flags.websockets }),
  }
  const allowed = flags['allow-plaintext-listener']
  return allowed === undefined ? given : { ...given, allowPlaintextListener: allowed }
}

/** How each setting reads its value. */
const readers: { [K in keyof BrokerFlags]-?: (text: string) => unknown } = {
  profile: text => text,
  addresses: list,
  names: list,
  websockets: yesOrNo,
  allowPlaintextListener: yesOrNo,
  plaintextWebsockets: yesOrNo,
  clientCertificates: yesOrNo,
  ...(Object.fromEntries(limitNames.map(name => [name, count])) as Record<
    (typeof limitNames)[number],
    typeof count
  >),
}
const settings = Object.keys(readers)

/**
 * Parses assignments as typed: `maxPacketSize=4000000`; lists have commas, and an empty limit is the usual one. Throws
 * EdgekitError (usage).
 */
function parseBrokerAssignments(texts: readonly string[]): BrokerFlags {
  const given: Record<string, unknown> = {}
  for (const text of texts) {
    const equals = text.indexOf('=')
    const name = text.slice(0, Math.max(equals, 0)).trim()
    if (name === '') throw usage(`cannot parse ${text}: expected KEY=VALUE, such as maxPacketSize=4000000`)
    const reader = Object.entries(readers).find(([known]) => known === name)?.[1]
    if (!reader) {
      const meant = nearest(name, settings)
      throw usage(`the broker has no setting ${name}${meant ? `; did you mean ${meant}?` : ''}`)
    }
    given[name] = reader(text.slice(equals + 1).trim())
    const { error } = brokerSettingsSchema.safeParse({ [name]: given[name] })
    if (error) throw wrongValue(name, text.slice(equals + 1).trim())
  }
  return brokerSettingsSchema.parse(given)
}

function list(text: string): string[] {
  return text
    .split(',')
    .map(item => item.trim())
    .filter(item => item !== '')
}

function yesOrNo(text: string): unknown {
  return text === 'true' ? true : text === 'false' ? false : text
}

function count(text: string): unknown {
  if (text === '') return null
  return /^\d{1,15}$/.test(text) ? Number(text) : text
}

function wrongValue(name: string, text: string): EdgekitError {
  const limit = limitNames.find(limit => limit === name)
  if (limit !== undefined) return outOfRange(limit, text)
  const values = name === 'profile' ? 'local or devices' : 'true or false'
  return new EdgekitError(`invalid ${name} ${text}: expected ${values}`, {
    code: 'invalid-usage',
    remedy: `Use ${values}.`,
  })
}

const usage = (message: string): EdgekitError =>
  new EdgekitError(message, {
    code: 'invalid-usage',
    remedy: `Use one of these settings: ${settings.join(', ')}.`,
  })
