import type { ChangedFile, DriftFacts } from '../../facts/drift.ts'
import { requireFact } from '../../facts/fact.ts'
import type { Facts } from '../../facts/index.ts'
import { paths } from '../../node/paths.ts'
import type { Finding } from '../check.ts'

/** The check that reports it. */
type Part = 'unit' | 'broker configuration' | 'EdgeCore configuration' | 'image archive' | 'other'

function partOf({ path, kind }: ChangedFile): Part {
  if (kind === 'edgecore-config') return 'EdgeCore configuration'
  if (path.startsWith('/etc/systemd/system/')) return 'unit'
  if (path.startsWith(`${paths.images}/`)) return 'image archive'
  return path === paths.brokerConfig ? 'broker configuration' : 'other'
}

/** The files of this part that have changed since the install, or the finding when there are none. */
export function changedIn(part: Part, facts: Facts): Finding | DriftFacts['changed'] {
  const drift = requireFact(facts.drift)
  if (!drift) return { status: 'skip', observed: 'nothing installed by edgekit' }
  const changed = drift.changed.filter(change => partOf(change) === part)
  return changed.length === 0 ? { status: 'pass', observed: 'unchanged' } : changed
}

export const describeChanges = (changed: readonly ChangedFile[]): string =>
  changed.map(({ path, how }) => `${path} ${how}`).join('; ')

/** One install for all files: one that replaces only some of them is refused because of the others. */
export const installForcing = (changed: readonly ChangedFile[]): string =>
  ['./edgekit install', ...changed.map(({ path }) => `--force=${path}`)].join(' ')
