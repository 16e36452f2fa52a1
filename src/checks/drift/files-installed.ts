import type { ChangedFile } from '../../facts/drift.ts'
import type { Check } from '../check.ts'
import { changedIn, inWords } from '../shared/drift.ts'

/** Elsewhere a person, or `keadm upgrade`, may have put a program of his own choice. */
const isBad = ({ path, gone }: ChangedFile): boolean => gone || /^\/(?:opt|var\/lib)\/edgekit\//.test(path)

export const filesInstalled: Check = {
  id: 'files-installed',
  title: 'The programs that edgekit installed are there and unchanged',
  tags: ['doctor'],
  appliesTo: { roles: ['edge', 'cloud'] },
  needs: ['install-finished'],
  run(facts) {
    const changed = changedIn('other', facts)
    if ('status' in changed) return changed
    const bad = changed.filter(isBad)
    const [mendable] = bad
    return {
      status: bad.length > 0 ? 'fail' : 'warn',
      observed: inWords(changed),
      expected: 'as edgekit installed it',
      remedy: {
        text:
          bad.length > 0
            ? 'Run the edgekit of the same bundle again: it puts back what is its own.'
            : 'If you have put something else there on purpose, that is fine. Otherwise let the edgekit of the bundle replace it; it keeps a copy.',
        commands:
          bad.length > 0
            ? ['./edgekit install']
            : changed.map(({ path }) => `./edgekit install --force=${path}`),
        ...(mendable && { fix: { kind: 'restore-own-file', path: mendable.path } as const }),
      },
    }
  },
}
