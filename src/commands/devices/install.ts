import { Flags } from '@oclif/core'
import { EdgekitCommand } from '../../cli/command.ts'
import { confirm, isInteractive } from '../../cli/confirm.ts'
import { planFlags } from '../../cli/flags/plan.ts'
import { interruptible } from '../../cli/interrupt.ts'
import { readNamedText } from '../../cli/read-named-file.ts'
import { requireRoot } from '../../cli/require-root.ts'
import { exitCodeHelp } from '../../lib/exit-codes.ts'
import { localNode } from '../../node/node.ts'
import { formatInstalledService } from '../../ui/devices/format-service.ts'
import type { DevicesInstallOutput } from '../../ui/json/devices.ts'
import { formatPlan, question } from '../../ui/plan.ts'
import { stepRunner } from '../../ui/steps.ts'

export default class DevicesInstall extends EdgekitCommand {
  static override keepsExitCode = true
  static override summary = 'Install the device service on this node'
  static override description =
    'Installs edgekit-devices.service, which runs edgekit devices serve as a user of its own and starts at boot. If the broker of this node has users, the service gets one in the role backend. Settings come from /etc/edgekit/devices.yaml, and from /etc/edgekit/devices.env with the variables MQTT_BROKER, MQTT_PORT, MQTT_USERNAME, and MQTT_PASSWORD; both are optional, and an install without flags keeps them. To apply a change of yours, restart the service: systemctl restart edgekit-devices\n\nIf the service does not connect to its broker and store messages within 30 s, everything is rolled back. After a power cut or a kill, run the same command again to finish, or edgekit rollback.\n\n' +
    exitCodeHelp('install')
  static override examples = [
    'sudo edgekit devices install',
    'sudo edgekit devices install --settings devices.yaml',
    'sudo edgekit devices install --environment devices.env',
    'sudo edgekit devices install --dry-run --diff',
  ]
  static override flags = {
    settings: Flags.string({
      helpValue: 'FILE',
      description: 'copy these settings to /etc/edgekit/devices.yaml',
    }),
    environment: Flags.string({
      helpValue: 'FILE',
      description: 'copy these variables to /etc/edgekit/devices.env, which only root can read',
    }),
    force: Flags.boolean({ description: 'replace a unit that you have changed, keeping a copy' }),
    ...planFlags,
  }

  async run(): Promise<DevicesInstallOutput> {
    const { flags } = await this.parse(DevicesInstall)
    const [settings, environment] = await Promise.all(
      [flags.settings, flags.environment].map(async path => withLineFeed(await readNamedText(path))),
    )
    const request = { node: localNode(), settings, environment, force: flags.force }
    requireRoot('devices install')
    // Only here: it loads zod.
    const { installService, planService } = await import('../../install/devices/install-service.ts')
    if (flags['dry-run']) {
      const plan = await planService(request)
      this.say(formatPlan(plan, flags))
      return { schemaVersion: 1, dryRun: true, plan }
    }
    const mayAsk = isInteractive() && !flags.yes
    const installed = await interruptible(signal =>
      installService({
        ...request,
        edgekitVersion: this.config.version,
        runStep: stepRunner({ silent: this.jsonEnabled() }),
        signal,
        confirm: mayAsk ? plan => confirm(question(plan, []), signal) : undefined,
      }),
    )
    this.say(formatInstalledService(installed))
    return { schemaVersion: 1, dryRun: false, done: installed.done }
  }
}

const withLineFeed = (text: string | undefined): string | undefined =>
  text === undefined ? undefined : `${text}\n`
