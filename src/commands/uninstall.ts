import { Flags } from '@oclif/core'
import { EdgekitCommand } from '../cli/command.ts'
import { confirm, isInteractive } from '../cli/confirm.ts'
import { interruptible } from '../cli/interrupt.ts'
import { requireRoot } from '../cli/require-root.ts'
import { purgeableSecrets, uninstall } from '../install/uninstall/uninstall.ts'
import { EdgekitError } from '../lib/errors.ts'
import { exitCodes } from '../lib/exit-codes.ts'
import { localNode } from '../node/node.ts'
import type { UninstallOutput } from '../ui/json/uninstall.ts'
import { stepRunner } from '../ui/steps.ts'
import { purgeQuestion, uninstallOutput, uninstallQuestion } from '../ui/uninstall-output.ts'

export default class Uninstall extends EdgekitCommand {
  static override keepsExitCode = true
  static override summary = 'Remove everything edgekit installed'
  static override description =
    'Stops the broker and EdgeCore and removes what the receipt (/var/lib/edgekit/receipt.json) lists: programs, units, images and configuration. What edgekit changed is restored; what it found is left alone. What you have changed since is kept and listed with the reason.\n\nKeeps the broker data unless --purge is given, also after an earlier uninstall, and what EdgeCore has stored: the private key of the node, and a database with the Secrets of its pods. Running pods continue until a reboot. After an interruption, run it again to finish.\n\nExit codes: 0 done, or nothing to do; 8 something could not be removed yet, or with --strict was kept; otherwise those of edgekit install.'
  static override examples = ['sudo edgekit uninstall', 'sudo edgekit uninstall --purge --yes']
  static override flags = {
    purge: Flags.boolean({
      description:
        "also remove the broker's data, EdgeCore's key and database, and everything in edgekit's own directories",
    }),
    strict: Flags.boolean({ description: 'exit with 8 if anything was kept' }),
    yes: Flags.boolean({ char: 'y', description: 'do not ask for confirmation' }),
  }

  async run(): Promise<UninstallOutput> {
    const { flags } = await this.parse(Uninstall)
    requireRoot('uninstall')
    const runStep = stepRunner({ silent: this.jsonEnabled() })
    await interruptible(signal => this.#ask(flags, signal), 'nothing was changed')
    const result = await interruptible(
      signal =>
        uninstall({
          node: localNode(),
          purge: flags.purge,
          edgekitVersion: this.config.version,
          runStep,
          signal,
        }),
      'what was removed is gone',
    )
    const { bundle, kept, purged, continues } = result
    if (continues || (flags.strict && kept.length > 0)) process.exitCode = exitCodes.itemsKept
    this.say(uninstallOutput(result))
    return { schemaVersion: 1, bundle: bundle ?? null, kept, purged, continues }
  }

  async #ask({ yes, purge }: { yes: boolean; purge: boolean }, signal: AbortSignal): Promise<void> {
    if (yes) return
    if (!isInteractive()) {
      throw new EdgekitError('cannot ask for confirmation: not running in a terminal', {
        code: 'confirmation-required',
        remedy: 'Add --yes.',
      })
    }
    const question = purge ? purgeQuestion(await purgeableSecrets(localNode())) : uninstallQuestion
    if (await confirm(question, signal)) return
    throw new EdgekitError('nothing was changed: the uninstall was not confirmed', { code: 'declined' })
  }
}
