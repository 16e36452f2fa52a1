import { readNames } from '../../../cli/broker/read-users.ts'
import { EdgekitCommand } from '../../../cli/command.ts'
import { fromFlag, userNames } from '../../../cli/flags/broker-user.ts'
import { interruptible } from '../../../cli/interrupt.ts'
import { requireRoot } from '../../../cli/require-root.ts'
import { type EndedSessions, removeUsers } from '../../../install/broker/change-users.ts'
import { plural } from '../../../lib/format.ts'
import { localNode } from '../../../node/node.ts'
import type { BrokerUserRemoveOutput } from '../../../ui/json/broker/broker-user.ts'
import { stepRunner } from '../../../ui/steps.ts'

export default class BrokerUserRemove extends EdgekitCommand {
  static override keepsExitCode = true
  static override summary = 'Remove users from the broker'
  static override description =
    'Removes the users and the rules that name them, and reloads the broker, which disconnects them. Their durable sessions are deleted, with the messages that are queued for them.'
  static override examples = ['sudo edgekit broker user remove sensor-1']
  static override args = userNames
  static override flags = fromFlag('NAME')

  async run(): Promise<BrokerUserRemoveOutput> {
    const { args, flags } = await this.parse(BrokerUserRemove)
    const removed = await readNames(args.name, flags)
    requireRoot('broker user remove')
    const ended = await interruptible(signal =>
      removeUsers(removed, {
        node: localNode(),
        command: 'edgekit broker user remove',
        edgekitVersion: this.config.version,
        runStep: stepRunner({ silent: this.jsonEnabled() }),
        signal,
      }),
    )
    const who = flags.from === undefined ? removed.join(', ') : plural(removed.length, 'user')
    this.say(`Removed ${who}; ${done(ended)}.`)
    return { schemaVersion: 1, removed, sessions: null, ...ended }
  }
}

function done(ended: EndedSessions): string {
  if ('reason' in ended)
    return `durable sessions of theirs stay until they expire, 14 days after their last connection: ${ended.reason}`
  const disconnected = 'the broker has disconnected them'
  const { sessions } = ended
  return sessions === 0 ? disconnected : `${disconnected}, and deleted ${plural(sessions, 'durable session')}`
}
