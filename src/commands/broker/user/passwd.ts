import { readUsers } from '../../../cli/broker/read-users.ts'
import { EdgekitCommand } from '../../../cli/command.ts'
import { fromFlag, passwordFlag, userNames } from '../../../cli/flags/broker-user.ts'
import { interruptible } from '../../../cli/interrupt.ts'
import { requireRoot } from '../../../cli/require-root.ts'
import { setPasswords } from '../../../install/broker/change-users.ts'
import { localNode } from '../../../node/node.ts'
import { formatNewUsers, newUsersOutput } from '../../../ui/broker/new-users.ts'
import type { BrokerUserChangeOutput } from '../../../ui/json/broker/broker-user.ts'
import { stepRunner } from '../../../ui/steps.ts'

export default class BrokerUserPasswd extends EdgekitCommand {
  static override keepsExitCode = true
  static override summary = 'Set new passwords for users of the broker'
  static override description =
    'The broker is reloaded and disconnects clients that are connected with an old password. Generated passwords are shown once and stored nowhere.'
  static override examples = ['sudo edgekit broker user passwd sensor-1']
  static override args = userNames
  static override flags = { ...fromFlag('NAME or NAME:PASSWORD'), ...passwordFlag }

  async run(): Promise<BrokerUserChangeOutput> {
    const { flags, args } = await this.parse(BrokerUserPasswd)
    const requests = await readUsers(args.name, flags)
    requireRoot('broker user passwd')
    const users = await interruptible(signal =>
      setPasswords(requests, {
        node: localNode(),
        command: 'edgekit broker user passwd',
        edgekitVersion: this.config.version,
        runStep: stepRunner({ silent: this.jsonEnabled() }),
        signal,
      }),
    )
    this.say(formatNewUsers(users, 'Set the password of'))
    return newUsersOutput(users)
  }
}
