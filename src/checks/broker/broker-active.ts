import { requireFact } from '../../facts/fact.ts'
import type { JournalLine } from '../../node/systemd-journal.ts'
import type { Check } from '../check.ts'

/** The end of what the broker and ctr said themselves; systemd (process 1) and edgekit only say that it went wrong. */
const said = (journal: readonly JournalLine[]): string[] =>
  journal
    .filter(({ pid, text }) => pid !== 1 && !text.startsWith('edgekit:'))
    .slice(-5)
    .map(({ text }) => text)

export const brokerActive: Check = {
  id: 'broker-active',
  title: 'mosquitto.service is active',
  tags: ['checklist', 'doctor'],
  needs: [
    'masked-units',
    'containerd-answers',
    'network-files',
    'broker-port',
    'broker-image',
    'orphan-broker',
    'stale-container',
    'broker-log',
  ],
  run(facts) {
    const unit = requireFact(facts.units).broker
    if (unit.active === 'active') {
      return { status: 'pass', observed: `active (${unit.sub}), ${unit.restarts} restarts` }
    }
    if (unit.load === 'not-found') {
      return {
        status: 'fail',
        observed: 'there is no mosquitto.service on this node',
        expected: 'the unit that edgekit installs',
        remedy: { text: 'Install a bundle: unpack it and run its edgekit.', commands: ['./edgekit install'] },
      }
    }
    return {
      status: 'fail',
      observed: `${unit.name} is ${unit.active} (${unit.sub}), result ${unit.result}, ${unit.restarts} restarts`,
      expected: 'active (running)',
      evidence: 'value' in facts.brokerJournal ? said(facts.brokerJournal.value) : [],
      remedy: {
        text: 'Start it; if it does not stay up, its journal says why.',
        commands: ['systemctl enable --now mosquitto', 'journalctl -u mosquitto -n 100 --no-pager'],
        fix: { kind: 'start', unit: unit.name },
      },
    }
  },
}
