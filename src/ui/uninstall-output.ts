import type { UninstallResult } from '../install/uninstall/uninstall.ts'
import { wrap } from './text.ts'

export function uninstallOutput({ bundle, kept, continues }: UninstallResult): string {
  if (!bundle) return 'Nothing to do: edgekit has installed nothing on this machine.'
  const name = `${bundle.name} ${bundle.kubeedgeVersion}`
  return [
    continues
      ? `\n${name} was uninstalled, except for the items below. To remove the rest, fix them and run: edgekit uninstall`
      : `\n${name} was uninstalled.`,
    ...(kept.length > 0 ? ['\nKept:', ...kept.map(({ what, why }) => wrap(`${what}: ${why}`, 2))] : []),
  ].join('\n')
}
