import { explainBrokerLog } from '../../broker/log/explain-broker-log.ts'
import { requireFact } from '../../facts/fact.ts'
import type { Check } from '../check.ts'

export const brokerLog: Check = {
  id: 'broker-log',
  title: 'Broker starts without errors',
  tags: ['checklist', 'doctor'],
  needs: [
    'systemd-is-init',
    'journal-kept',
    'install-finished',
    'network-files',
    'containerd-answers',
    'runc-runs',
    'stale-container',
    'broker-port',
    'broker-image',
    'broker-data',
    'broker-disk',
  ],
  run(facts) {
    const brokerRuns = requireFact(facts.units).broker.active === 'active'
    const problem = explainBrokerLog(sinceLastStart(requireFact(facts.brokerJournal)), { brokerRuns })
    if (!problem) return { status: 'pass', observed: 'none found in the journal' }
    return {
      status: brokerRuns ? 'warn' : 'fail',
      observed: problem.text,
      expected: brokerRuns ? 'a broker with all of its configuration' : 'a broker that starts',
      evidence: problem.lines,
      remedy: { text: problem.remedy, commands: [...problem.commands, 'systemctl restart mosquitto'] },
    }
  },
}

/** The lines of the last two starts: the last may have only just begun. */
function sinceLastStart(journal: readonly { pid: number; text: string }[]): string[] {
  const lines = journal.filter(({ pid, text }) => pid !== 1 || /^Start(ing|ed) /.test(text))
  const starts = lines.flatMap(({ pid }, index) => (pid === 1 ? [index] : []))
  const from = starts.at(-2) ?? 0
  return lines.slice(from).map(({ text }) => text)
}
