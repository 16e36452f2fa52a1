import { Flags } from '@oclif/core'
import { readUsers } from '../../../cli/broker/read-users.ts'
import { EdgekitCommand } from '../../../cli/command.ts'
import { fromFlag, passwordFlag, userNames } from '../../../cli/flags/broker-user.ts'
import { interruptible } from '../../../cli/interrupt.ts'
import { requireRoot } from '../../../cli/require-root.ts'
import { addUsers } from '../../../install/broker/change-users.ts'
import { localNode } from '../../../node/node.ts'
import { formatNewUsers, newUsersOutput } from '../../../ui/broker/new-users.ts'
import type { BrokerUserChangeOutput } from '../../../ui/json/broker/broker-user.ts'
import { stepRunner } from '../../../ui/steps.ts'

export default class BrokerUserAdd extends EdgekitCommand {
  static override keepsExitCode = true
  static override summary = 'Add users to the broker'
  static override description =
    'A device reads device/NAME/# and writes device/NAME/status, data/#, ota/#, and response, and devices/NAME/data, status, and heartbeat, where NAME is its user name. A backend reads device/# and devices/#, writes device/+/command, and does both with system/devices/+ and system/alerts. The broker is reloaded, not restarted: other clients stay connected. Generated passwords are shown once and stored nowhere.'
  static override examples = [
    'sudo edgekit broker user add sensor-1 sensor-2',
    'sudo edgekit broker user add app --role backend --password-file app.password',
    'sudo edgekit broker user add --from devices.txt --json',
  ]
  static override args = userNames
  static override flags = {
    role: Flags.option({
      options: ['device', 'backend'] as const,
      default: 'device' as const,
      description: 'what the users may do',
    })(),
    ...fromFlag('NAME or NAME:PASSWORD'),
    ...passwordFlag,
  }

  async run(): Promise<BrokerUserChangeOutput> {
    const { flags, args } = await this.parse(BrokerUserAdd)
    const requests = await readUsers(args.name, flags)
    requireRoot('broker user add')
    const users = await interruptible(signal =>
      addUsers(requests, flags.role, {
        node: localNode(),
        command: 'edgekit broker user add',
        edgekitVersion: this.config.version,
        runStep: stepRunner({ silent: this.jsonEnabled() }),
        signal,
      }),
    )
    this.say(formatNewUsers(users, 'Added'))
    return newUsersOutput(users)
  }
}
