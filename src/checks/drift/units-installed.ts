import { requireFact } from '../../facts/fact.ts'
import { paths } from '../../node/paths.ts'
import type { Check } from '../check.ts'
import { changedIn, describeChanges, installForcing } from '../shared/drift.ts'

export const unitsInstalled: Check = {
  id: 'units-installed',
  title: 'Installed units are unchanged',
  tags: ['doctor'],
  needs: ['systemd-is-init', 'masked-units', 'receipt-readable'],
  run(facts) {
    const found = changedIn('unit', facts)
    if ('status' in found) return found
    // edgecore-order reports a missing drop-in.
    const own = found.filter(({ path, gone }) => !(gone && path === paths.edgecoreDropIn))
    // keadm join writes its own unit over edgekit's, and installs keep it.
    const { ours } = requireFact(facts.units).edgecore
    const changed = own.filter(({ path, gone }) => ours || gone || path !== paths.edgecoreUnit)
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
