import { requireFact } from '../../facts/fact.ts'
import type { Check } from '../check.ts'

export const journalKept: Check = {
  id: 'journal-kept',
  title: 'Journal is kept on disk',
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
        expected: 'a journal on disk that survives a reboot',
        remedy: { text: 'Make the journal persistent.', commands: keep },
      }
    }
    return {
      status: 'fail',
      observed: 'this machine has no journal',
      expected: 'a journal: it shows why the broker or EdgeCore does not start',
      remedy: {
        text: 'Start journald and make the journal persistent.',
        commands: [...keep, 'systemctl status systemd-journald --no-pager'],
      },
    }
  },
}
