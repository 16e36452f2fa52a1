import { EdgekitCommand } from '../cli/command.ts'
import { chosenServices, serviceArg } from '../cli/flags/service.ts'
import { interruptible } from '../cli/interrupt.ts'
import { requireRoot } from '../cli/require-root.ts'
import { restartServices } from '../install/restart-services.ts'
import { localNode } from '../node/node.ts'
import type { RestartOutput } from '../ui/json/broker/services.ts'
import { stepRunner } from '../ui/steps.ts'

export default class Restart extends EdgekitCommand {
  static override keepsExitCode = true
  static override summary = 'Restart the broker and EdgeCore, and wait until they work'
  static override description =
    'Restarts the broker, then EdgeCore, or one of them. The broker works when it answers MQTT, and EdgeCore when it is connected to the broker. A restart of the broker ends the connections of all clients.'
  static override examples = ['sudo edgekit restart', 'sudo edgekit restart broker']
  static override args = serviceArg

  async run(): Promise<RestartOutput> {
    const { args } = await this.parse(Restart)
    requireRoot('restart')
    const restarted = chosenServices(args.service).map(({ service }) => service)
    await interruptible(
      signal => restartServices(restarted, localNode(), stepRunner({ silent: this.jsonEnabled() }), signal),
      'systemd finishes the restart that has begun',
    )
    const which = restarted.map(service => names[service]).join(' and ')
    this.say(`${which} ${restarted.length === 1 ? 'has restarted and works' : 'have restarted and work'}.`)
    return { schemaVersion: 1, restarted }
  }
}

const names = { broker: 'The broker', edgecore: 'EdgeCore' }
