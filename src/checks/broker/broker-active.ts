import { withoutOwnClients } from '../../broker/log/own-clients.ts'
import { requireFact } from '../../facts/fact.ts'
import type { JournalLine } from '../../node/systemd-journal.ts'
import type { Check } from '../check.ts'

/** The last lines of the broker and ctr. Those of systemd (process 1) and edgekit do not show the cause. */
const lastLines = (journal: readonly JournalLine[]): string[] =>
  withoutOwnClients(
    journal.filter(({ pid, text }) => pid !== 1 && !text.startsWith('edgekit:')).map(({ text }) => text),
  ).slice(-5)

export const brokerActive: Check = {
  id: 'broker-active',
  title: 'mosquitto.service is active',
  tags: ['checklist', 'doctor'],
  needs: [
    'broker-masked',
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
        observed: 'mosquitto.service does not exist',
        expected: 'the unit edgekit installs',
        remedy: {
          text: 'Install a bundle: run its edgekit from the unpacked directory.',
          commands: ['./edgekit install'],
        },
      }
    }
    return {
      status: 'fail',
      observed: `${unit.name} is ${unit.active} (${unit.sub}), result ${unit.result}, ${unit.restarts} restarts`,
      expected: 'active (running)',
      evidence: 'value' in facts.brokerJournal ? lastLines(facts.brokerJournal.value) : [],
      remedy: {
        text: 'Start the broker. If it exits again, its journal shows why.',
        commands: ['systemctl enable --now mosquitto', 'journalctl -u mosquitto -n 100 --no-pager'],
        fix: { kind: 'start', unit: unit.name },
      },
    }
  },
}
