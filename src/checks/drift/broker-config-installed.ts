import { paths } from '../../node/paths.ts'
import type { Check } from '../check.ts'
import { changedIn, inWords } from '../shared/drift.ts'

export const brokerConfigInstalled: Check = {
  id: 'broker-config-installed',
  title: 'The configuration of the broker is as edgekit wrote it',
  tags: ['doctor'],
  needs: ['install-finished'],
  run(facts) {
    const changed = changedIn('broker configuration', facts)
    if ('status' in changed) return changed
    const observed = inWords(changed)
    if (changed.some(({ gone }) => gone)) {
      return {
        status: 'fail',
        observed,
        expected: 'there: without it the broker does not start the next time',
        remedy: {
          text: 'Run the edgekit of the same bundle again: it writes the file.',
          commands: ['./edgekit install', 'systemctl restart mosquitto'],
          fix: { kind: 'restore-own-file', path: paths.brokerConfig },
        },
      }
    }
    return {
      status: 'warn',
      observed,
      expected: 'as edgekit wrote it, or as you want it',
      remedy: {
        text: 'If you have changed it on purpose, that is fine: edgekit leaves it as it is. Otherwise let the edgekit of the bundle put its own back; it keeps a copy.',
        commands: [`./edgekit install --force=${paths.brokerConfig}`],
      },
    }
  },
}
