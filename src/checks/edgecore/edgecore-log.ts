import { requireFact } from '../../facts/fact.ts'
import type { Check } from '../check.ts'

export const edgecoreLog: Check = {
  id: 'edgecore-log',
  title: "EdgeCore's log can be read",
  tags: ['doctor'],
  appliesTo: { edgecore: 'prepared' },
  needs: ['running-as-root', 'systemd-is-init'],
  run(facts) {
    const { file = 'journal', unseen } = requireFact(facts.edgecoreLog)
    if (unseen === undefined) return { status: 'pass', observed: file }
    return {
      status: 'warn',
      observed: `EdgeCore's log cannot be read: ${unseen}`,
      expected: 'a log in the journal or in a file: without it most faults of EdgeCore cannot be named',
      remedy: {
        text: 'Send the log to the journal: remove StandardOutput=, StandardError= and the redirection from the unit.',
        commands: ['systemctl cat edgecore', 'systemctl edit --full edgecore', 'systemctl restart edgecore'],
      },
    }
  },
}
