import type { Check } from '../check.ts'
import { changedIn, describeChanges } from '../shared/drift.ts'

export const edgecoreConfigDrift: Check = {
  id: 'edgecore-config-drift',
  title: "edgekit's keys in edgecore.yaml are unchanged",
  tags: ['doctor'],
  appliesTo: { edgecore: 'prepared' },
  needs: ['receipt-readable', 'edgecore-config-file', 'edgecore-config-valid', 'edgecore-event-bus'],
  run(facts) {
    const changed = changedIn('EdgeCore configuration', facts)
    if ('status' in changed) return changed
    return {
      status: 'warn',
      observed: describeChanges(changed),
      expected: 'the values set by the install',
      remedy: {
        text: 'Install the bundle again to restore the values. To keep a change, add --set KEY=VALUE.',
        commands: ['./edgekit install', 'systemctl restart edgecore'],
      },
    }
  },
}
