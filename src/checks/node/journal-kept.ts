import { requireFact } from '../../facts/fact.ts'
import type { Check } from '../check.ts'

export const journalKept: Check = {
  id: 'journal-kept',
  title: 'The journal is kept on the disk',
  tags: ['doctor'],
  needs: ['running-as-root', 'systemd-is-init'],
  run(facts) {
    const { persistent, volatile } = requireFact(facts.journalStorage)
    if (persistent) return { status: 'pass', observed: '/var/log/journal' }
    const keep = ['mkdir -p /var/log/journal', 'systemctl restart systemd-journald', 'journalctl --flush']
    if (volatile) {
      return {
        status: 'warn',
        observed: 'in memory only (/run/log/journal)',
        expected: 'a journal that is still there after a restart, when it is needed most',
        remedy: { text: 'Let journald write to the disk.', commands: keep },
      }
    }
    return {
      status: 'fail',
      observed: 'there is no journal on this machine',
      expected: 'a journal: it alone says why the broker or EdgeCore does not start',
      remedy: {
        text: 'Start journald, and let it write to the disk.',
        commands: ['systemctl status systemd-journald --no-pager', ...keep],
      },
    }
  },
}
