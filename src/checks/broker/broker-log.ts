import { explainBrokerLog } from '../../broker/explain-broker-log.ts'
import { requireFact } from '../../facts/fact.ts'
import type { Check } from '../check.ts'

export const brokerLog: Check = {
  id: 'broker-log',
  title: 'Broker starts without errors',
  tags: ['checklist', 'doctor'],
  needs: ['systemd-is-init', 'journal-kept', 'install-finished'],
  run(facts) {
    const unit = requireFact(facts.units).broker
    const problem = explainBrokerLog(sinceLastStart(requireFact(facts.brokerJournal)))
    if (unit.active === 'active' || !problem) return { status: 'pass', observed: 'none found in the journal' }
    return {
      status: 'fail',
      observed: problem.text,
      expected: 'a broker that starts',
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
