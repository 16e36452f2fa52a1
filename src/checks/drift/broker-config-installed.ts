import { paths } from '../../node/paths.ts'
import type { Check } from '../check.ts'
import { changedIn, describeChanges } from '../shared/drift.ts'

export const brokerConfigInstalled: Check = {
  id: 'broker-config-installed',
  title: 'mosquitto.conf is unchanged since install',
  tags: ['doctor'],
  needs: ['receipt-readable'],
  run(facts) {
    const changed = changedIn('broker configuration', facts)
    if ('status' in changed) return changed
    const observed = describeChanges(changed)
    if (changed.some(({ gone }) => gone)) {
      return {
        status: 'fail',
        observed,
        expected: 'the file edgekit wrote: without it the broker does not start again',
        remedy: {
          text: 'Install the same bundle again to restore the file.',
          commands: ['./edgekit install', 'systemctl restart mosquitto'],
          fix: { kind: 'restore-own-file', path: paths.brokerConfig },
        },
      }
    }
    return {
      status: 'warn',
      observed,
      expected: 'as edgekit wrote it, or your own changes',
      remedy: {
        text: "Keep the file if the change is intended: edgekit does not overwrite it. Otherwise restore edgekit's version; a copy is kept.",
        commands: [`./edgekit install --force=${paths.brokerConfig}`],
      },
    }
  },
}
