import type { Check } from '../check.ts'
import { changedIn, inWords } from '../shared/drift.ts'

export const imageArchives: Check = {
  id: 'image-archives',
  title: 'The images can be brought back from this node',
  tags: ['doctor'],
  appliesTo: { roles: ['edge', 'cloud'] },
  needs: ['install-finished'],
  run(facts) {
    const changed = changedIn('image archive', facts)
    if ('status' in changed) return changed
    return {
      status: 'warn',
      observed: inWords(changed),
      expected: 'the archives of the bundle: an image that gets lost comes back from them, without a network',
      remedy: {
        text: 'Run the edgekit of the same bundle again: it brings them.',
        commands: ['./edgekit install'],
      },
    }
  },
}
