import type { Check } from '../check.ts'
import { changedIn, inWords } from '../shared/drift.ts'

export const edgecoreConfigDrift: Check = {
  id: 'edgecore-config-drift',
  title: 'The keys that edgekit set in edgecore.yaml have their values',
  tags: ['doctor'],
  appliesTo: { edgecore: 'prepared' },
  needs: ['install-finished', 'edgecore-config-file', 'edgecore-config-valid', 'edgecore-event-bus'],
  run(facts) {
    const changed = changedIn('EdgeCore configuration', facts)
    if ('status' in changed) return changed
    return {
      status: 'warn',
      observed: inWords(changed),
      expected: 'what was asked for when this node was installed',
      remedy: {
        text: 'If it was changed on purpose, say so to the edgekit of the bundle too (--set KEY=VALUE). Otherwise run it again: it sets the keys.',
        commands: ['./edgekit install', 'systemctl restart edgecore'],
      },
    }
  },
}
