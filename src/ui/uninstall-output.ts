import type { EdgecoreFile } from '../install/record/leftovers.ts'
import type { UninstallResult } from '../install/uninstall/uninstall.ts'
import { wrap } from './text.ts'

export function uninstallOutput(result: UninstallResult): string {
  const { kept } = result
  return [
    outcome(result),
    ...(kept.length > 0 ? ['\nKept:', ...kept.map(({ what, why }) => wrap(`${what}: ${why}`, 2))] : []),
    ...(kept.some(({ purgeable }) => purgeable) ? [toPurge] : []),
  ].join('\n')
}

export const uninstallQuestion = 'Stop and remove the broker and EdgeCore?'

/** Names what is lost for good. */
export const purgeQuestion = (secrets: readonly EdgecoreFile[]): string =>
  [
    '--purge also deletes for good:',
    '  all data of the broker',
    ...secrets.map(({ path, secret }) => wrap(`${path}: ${secret}`, 2)),
    'Stop and remove the broker and EdgeCore, and delete all of this?',
  ].join('\n')

/** edgekit is gone by then, but the bundle has one. */
const toPurge =
  "\nTo remove edgekit's data and configuration, too, run in an unpacked bundle:\n  sudo ./edgekit uninstall --purge"

function outcome({ bundle, purged, continues }: UninstallResult): string {
  if (bundle) {
    const name = `${bundle.name} ${bundle.kubeedgeVersion}`
    return continues
      ? wrap(
          `\n${name} was uninstalled, except for the items below. To remove the rest, fix them and run: edgekit uninstall`,
        )
      : `\n${name} was uninstalled.`
  }
  return purged.length > 0
    ? '\nWhat an earlier uninstall had kept was removed.'
    : 'Nothing to do: edgekit has installed nothing on this machine.'
}
