import type { ChangedFile } from '../../facts/drift.ts'
import type { Check } from '../check.ts'
import { changedIn, describeChanges, installForcing } from '../shared/drift.ts'

/** Elsewhere a user or `keadm upgrade` may have replaced a program on purpose. */
const isBad = ({ path, gone, notExecutable }: ChangedFile): boolean =>
  gone || notExecutable || /^\/(?:opt|var\/lib)\/edgekit\//.test(path)

export const filesInstalled: Check = {
  id: 'files-installed',
  title: 'Installed programs are unchanged',
  tags: ['doctor'],
  appliesTo: { roles: ['edge', 'cloud'] },
  needs: ['receipt-readable'],
  run(facts) {
    const changed = changedIn('other', facts)
    if ('status' in changed) return changed
    const bad = changed.filter(isBad)
    const [fixable] = bad
    return {
      status: bad.length > 0 ? 'fail' : 'warn',
      observed: describeChanges(changed),
      expected: 'as edgekit installed them',
      remedy: {
        text:
          bad.length > 0
            ? 'Install the same bundle again to restore the files.'
            : "Keep the file if the change is intended. Otherwise restore edgekit's version; a copy is kept.",
        commands: bad.length > 0 ? ['./edgekit install'] : [installForcing(changed)],
        ...(fixable && { fix: { kind: 'restore-own-file', path: fixable.path } as const }),
      },
    }
  },
}
