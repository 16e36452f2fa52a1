import type { Check } from '../check.ts'
import { changedIn, describeChanges } from '../shared/drift.ts'

export const imageArchives: Check = {
  id: 'image-archives',
  title: 'Image archives are intact',
  tags: ['doctor'],
  appliesTo: { roles: ['edge', 'cloud'] },
  needs: ['receipt-readable'],
  run(facts) {
    const changed = changedIn('image archive', facts)
    if ('status' in changed) return changed
    return {
      status: 'warn',
      observed: describeChanges(changed),
      expected: 'the archives of the bundle: lost images are restored from them without a network',
      remedy: {
        text: 'Install the same bundle again to restore the archives.',
        commands: ['./edgekit install'],
      },
    }
  },
}
