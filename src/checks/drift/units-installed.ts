import type { ChangedFile } from '../../facts/drift.ts'
import { requireFact } from '../../facts/fact.ts'
import type { Facts } from '../../facts/index.ts'
import { paths, unitFile } from '../../node/paths.ts'
import type { Check } from '../check.ts'
import { changedIn, describeChanges, installForcing } from '../shared/drift.ts'
import { hasLeftCluster } from '../shared/left-cluster.ts'

export const unitsInstalled: Check = {
  id: 'units-installed',
  title: 'Installed units are unchanged',
  tags: ['doctor'],
  needs: ['systemd-is-init', 'receipt-readable'],
  run(facts) {
    const found = changedIn('unit', facts)
    if ('status' in found) return found
    const changed = found.filter(change => !isExplained(change, facts))
    const [missing] = changed.filter(({ gone }) => gone)
    if (changed.length === 0) return { status: 'pass', observed: 'unchanged' }
    if (missing) {
      return {
        status: 'fail',
        observed: describeChanges(changed),
        expected: 'the unit edgekit wrote: without it the service does not start at boot',
        remedy: {
          text: 'Install the same bundle again to restore the unit.',
          commands: ['./edgekit install'],
          fix: { kind: 'restore-own-file', path: missing.path },
        },
      }
    }
    return {
      status: 'warn',
      observed: describeChanges(changed),
      expected: 'as edgekit wrote it, with your changes in a drop-in (systemctl edit)',
      remedy: {
        text: "Restore edgekit's unit; a copy of yours is kept. Move intended changes to a drop-in: an upgrade does not replace an edited unit.",
        commands: [installForcing(changed)],
      },
    }
  },
}

/** Whether another check reports it, or it is meant to be so. */
function isExplained({ path, gone }: ChangedFile, facts: Facts): boolean {
  const units = requireFact(facts.units)
  // edgecore-order reports a missing drop-in.
  if (path === paths.edgecoreDropIn && gone) return true
  // keadm join writes its own unit over edgekit's, and installs keep it; keadm reset deletes it.
  if (path === paths.edgecoreUnit && (gone ? hasLeftCluster(facts) : !units.edgecore.ours)) return true
  // A mask takes the place of the unit file.
  return Object.values(units).some(({ name, load }) => load === 'masked' && path === unitFile(name))
}
