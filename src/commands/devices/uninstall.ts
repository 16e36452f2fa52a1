import { Flags } from '@oclif/core'
import { EdgekitCommand } from '../../cli/command.ts'
import { confirm, isInteractive } from '../../cli/confirm.ts'
import { interruptible } from '../../cli/interrupt.ts'
import { requireRoot } from '../../cli/require-root.ts'
import { EdgekitError } from '../../lib/errors.ts'
import { exitCodeHelp } from '../../lib/exit-codes.ts'
import { localNode } from '../../node/node.ts'
import { formatRemovedService, removalQuestion } from '../../ui/devices/format-service.ts'
import type { DevicesUninstallOutput } from '../../ui/json/devices.ts'
import { stepRunner } from '../../ui/steps.ts'

export default class DevicesUninstall extends EdgekitCommand {
  static override keepsExitCode = true
  static override summary = 'Remove the device service from this node'
  static override description =
    'Stops edgekit-devices.service, and removes it and its user at the broker. The database and the settings stay unless --purge is given. The broker keeps the session of the service, with the messages that arrive, until it expires.\n\n' +
    exitCodeHelp('install')
  static override examples = [
    'sudo edgekit devices uninstall',
    'sudo edgekit devices uninstall --purge --yes',
  ]
  static override flags = {
    purge: Flags.boolean({ description: 'also delete the database and the settings of the service' }),
    yes: Flags.boolean({ char: 'y', description: 'do not ask for confirmation' }),
  }

  async run(): Promise<DevicesUninstallOutput> {
    const { flags } = await this.parse(DevicesUninstall)
    requireRoot('devices uninstall')
    await interruptible(signal => ask(flags, signal), 'nothing was changed')
    const { uninstallService } = await import('../../install/devices/uninstall-service.ts')
    const removed = await interruptible(signal =>
      uninstallService({
        node: localNode(),
        purge: flags.purge,
        edgekitVersion: this.config.version,
        runStep: stepRunner({ silent: this.jsonEnabled() }),
        signal,
      }),
    )
    this.say(formatRemovedService(removed))
    return { schemaVersion: 1, ...removed }
  }
}

async function ask({ yes, purge }: { yes: boolean; purge: boolean }, signal: AbortSignal): Promise<void> {
  if (yes) return
  if (!isInteractive())
    throw new EdgekitError('cannot ask for confirmation: not running in a terminal', {
      code: 'confirmation-required',
      remedy: 'Add --yes.',
    })
  if (await confirm(removalQuestion(purge), signal)) return
  throw new EdgekitError('nothing was changed: the uninstall was not confirmed', { code: 'declined' })
}
