import { brokerTrouble } from '../../broker/explain-broker-log.ts'
import { requireFact } from '../../facts/fact.ts'
import type { Check } from '../check.ts'

export const brokerLog: Check = {
  id: 'broker-log',
  title: 'Broker starts without errors',
  tags: ['checklist', 'doctor'],
  needs: ['systemd-is-init', 'journal-kept'],
  run(facts) {
    const unit = requireFact(facts.units).broker
    const trouble = brokerTrouble(sinceLastStart(requireFact(facts.brokerJournal)))
    if (unit.active === 'active' || !trouble) return { status: 'pass', observed: 'none found in the journal' }
    return {
      status: 'fail',
      observed: trouble.text,
      expected: 'a broker that starts',
      evidence: trouble.lines,
      remedy: { text: trouble.remedy, commands: [...trouble.commands, 'systemctl restart mosquitto'] },
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
