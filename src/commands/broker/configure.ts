import { Flags } from '@oclif/core'
import { brokerFlags } from '../../broker/profile/broker-assignments.ts'
import { EdgekitCommand } from '../../cli/command.ts'
import { confirm, isInteractive } from '../../cli/confirm.ts'
import { brokerSettingFlags } from '../../cli/flags/broker-settings.ts'
import { planFlags } from '../../cli/flags/plan.ts'
import { interruptible } from '../../cli/interrupt.ts'
import { requireRoot } from '../../cli/require-root.ts'
import { configureBroker, planConfiguration } from '../../install/broker/configure.ts'
import { exitCodeHelp } from '../../lib/exit-codes.ts'
import { localNode } from '../../node/node.ts'
import { formatConfigured } from '../../ui/broker/configured.ts'
import type { BrokerConfigureOutput } from '../../ui/json/broker/broker-configure.ts'
import { formatPlan, question } from '../../ui/plan.ts'
import { stepRunner } from '../../ui/steps.ts'

export default class BrokerConfigure extends EdgekitCommand {
  static override keepsExitCode = true
  static override summary = 'Change the settings of the broker'
  static override description =
    'The new configuration first runs beside the broker, on other ports of 127.0.0.1. Then the broker restarts, and edgekit logs in on each listener and in each role. If something is not as it must be, the old configuration is restored. Settings that are not named are kept, also by later installs.\n\nAfter a power cut or a kill, run the same command again to finish, or edgekit rollback.\n\n' +
    exitCodeHelp('install')
  static override examples = [
    'sudo edgekit broker configure --profile devices --address 192.0.2.10',
    'sudo edgekit broker configure --set maxConnections=2000',
    'sudo edgekit broker configure --profile local --dry-run --diff',
  ]
  static override flags = {
    profile: brokerSettingFlags.profile(),
    address: brokerSettingFlags.address(),
    name: brokerSettingFlags.name(),
    websockets: brokerSettingFlags.websockets(),
    'allow-plaintext-listener': brokerSettingFlags.allowPlaintextListener(),
    set: brokerSettingFlags.set(),
    force: Flags.boolean({
      description: 'replace a mosquitto.conf that you have changed, keeping a copy',
    }),
    ...planFlags,
  }

  async run(): Promise<BrokerConfigureOutput> {
    const { flags } = await this.parse(BrokerConfigure)
    const request = { node: localNode(), flags: brokerFlags(flags), force: flags.force }
    requireRoot('broker configure')
    if (flags['dry-run']) {
      const { settings, plan } = await planConfiguration(request)
      this.say(formatPlan(plan, flags))
      return { schemaVersion: 1, dryRun: true, settings, plan }
    }
    const mayAsk = isInteractive() && !flags.yes
    const { settings, done } = await interruptible(signal =>
      configureBroker({
        ...request,
        edgekitVersion: this.config.version,
        runStep: stepRunner({ silent: this.jsonEnabled() }),
        signal,
        confirm: mayAsk ? plan => confirm(question(plan, []), signal) : undefined,
      }),
    )
    this.say(formatConfigured(settings, done))
    return { schemaVersion: 1, dryRun: false, settings, done }
  }
}
