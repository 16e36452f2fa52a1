import { Flags } from '@oclif/core'
import { type AclRule, everyUser } from '../../broker/access/acl.ts'
import type { OwnedRule } from '../../install/broker/change-rules.ts'
import { EdgekitError } from '../../lib/errors.ts'

/** What names one rule of the broker. */
export const ruleFlags = {
  user: Flags.string({ helpValue: 'NAME', exclusive: ['all-users'], description: 'the user it is for' }),
  'all-users': Flags.boolean({
    description: 'for every user; in the topic, %u is the user name and %c the client ID',
  }),
  topic: Flags.string({
    helpValue: 'TOPIC',
    required: true,
    description: 'topic filter, such as hall/+/light',
  }),
  read: Flags.boolean({ exclusive: ['deny'], description: 'receive messages' }),
  write: Flags.boolean({ exclusive: ['deny'], description: 'publish messages' }),
  deny: Flags.boolean({ description: 'neither of both, whatever other rules allow' }),
}

/** Throws EdgekitError (usage) unless they name a rule. */
export function ruleOf(flags: {
  user: string | undefined
  'all-users': boolean
  topic: string
  read: boolean
  write: boolean
  deny: boolean
}): OwnedRule {
  const owner = flags['all-users'] ? everyUser : flags.user
  if (owner === undefined) throw usage('the rule names no user', 'Add --user NAME, or --all-users.')
  const access = accessOf(flags)
  if (access === undefined)
    throw usage('the rule allows and denies nothing', 'Add --read, --write, both of them, or --deny.')
  return { owner, access, topic: flags.topic }
}

function accessOf({
  read,
  write,
  deny,
}: Record<'read' | 'write' | 'deny', boolean>): AclRule['access'] | undefined {
  if (deny) return 'deny'
  if (read && write) return 'readwrite'
  return read ? 'read' : write ? 'write' : undefined
}

const usage = (message: string, remedy: string): EdgekitError =>
  new EdgekitError(message, { code: 'invalid-usage', remedy })
