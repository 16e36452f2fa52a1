import type { Kept } from '../actions/release/release.ts'
import { wrap } from './text.ts'

/** What an uninstall has left on the node, and why. */
export const formatKept = (kept: readonly Kept[]): string =>
  ['\nStill there:', ...kept.map(({ what, why }) => wrap(`${what}: ${why}`, 2))].join('\n')
