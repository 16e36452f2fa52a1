import { Flags } from '@oclif/core'
import { EdgekitCommand } from '../cli/command.ts'
import { confirm, isInteractive } from '../cli/confirm.ts'
import { interruptible } from '../cli/interrupt.ts'
import { uninstall } from '../install/uninstall/uninstall.ts'
import { EdgekitError } from '../lib/errors.ts'
import { exitCodes } from '../lib/exit-codes.ts'
import { localNode } from '../node/node.ts'
import type { UninstallOutput } from '../ui/json/uninstall.ts'
import { formatKept } from '../ui/kept.ts'
import { runSteps } from '../ui/steps.ts'

export default class Uninstall extends EdgekitCommand {
  static override summary = 'Take back what edgekit has made of this machine'
  static override description =
    'Stops the broker and EdgeCore and removes what edgekit has put here, by its receipt (/var/lib/edgekit/receipt.json): programs, units, images, its own configuration. What it had changed is put back, what it had found is left alone. What you have changed since stays, and is listed with the reason.\n\nThe data of the broker stays unless --purge is given, and so does what EdgeCore has made itself (/etc/kubeedge, /var/lib/kubeedge). Killed in the middle, it is finished by running it again.\n\nExit codes: 0 done, also when there was nothing to do or only data was kept; 8 something else was left; otherwise as of edgekit install.'
  static override examples = ['sudo edgekit uninstall', 'sudo edgekit uninstall --purge --yes']
  static override flags = {
    purge: Flags.boolean({
      description: "also remove the broker's data, and all that is in edgekit's own directories",
    }),
    yes: Flags.boolean({ char: 'y', description: 'do not ask' }),
  }

  async run(): Promise<UninstallOutput> {
    const { flags } = await this.parse(Uninstall)
    const silent = this.jsonEnabled()
    await interruptible(signal => this.ask(flags, signal), 'nothing has been changed')
    const { bundle, kept, continues } = await interruptible(
      signal =>
        uninstall({
          node: localNode(),
          purge: flags.purge,
          edgekitVersion: this.config.version,
          runSteps: steps => runSteps(steps, { silent }),
          signal,
        }),
      'what is gone is gone',
    )
    const left = kept.filter(({ intended: onPurpose }) => !onPurpose)
    if (left.length > 0) process.exitCode = exitCodes.itemsKept
    if (!bundle) this.say('Nothing to do: edgekit has installed nothing here.')
    else if (continues)
      this.say(
        `\n${bundle.name} ${bundle.kubeedgeVersion} is uninstalled, but for what could not go yet. For that edgekit is still here: edgekit uninstall`,
      )
    else this.say(`\n${bundle.name} ${bundle.kubeedgeVersion} is no longer installed here.`)
    if (kept.length > 0) this.say(formatKept(kept))
    return { schemaVersion: 1, bundle: bundle ?? null, kept, continues }
  }

  private async ask({ yes, purge }: { yes: boolean; purge: boolean }, signal: AbortSignal): Promise<void> {
    if (yes) return
    if (this.jsonEnabled() || !isInteractive()) {
      throw new EdgekitError('uninstall asks first, and there is no terminal to ask on', {
        code: 'confirmation-required',
        remedy: 'If it is meant, add --yes.',
      })
    }
    const question = purge
      ? 'Stop the broker and EdgeCore and remove them, with all data of the broker?'
      : 'Stop the broker and EdgeCore and remove them?'
    if (await confirm(question, signal)) return
    throw new EdgekitError('not uninstalled; nothing has been changed', { code: 'declined' })
  }
}
