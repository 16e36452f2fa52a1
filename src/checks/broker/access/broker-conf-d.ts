import { requireFact } from '../../../facts/fact.ts'
import { shellWord } from '../../../lib/format.ts'
import type { Check } from '../../check.ts'

export const brokerConfD: Check = {
  id: 'broker-conf-d',
  title: 'conf.d does not contradict mosquitto.conf',
  tags: ['checklist', 'doctor'],
  needs: ['install-finished'],
  run(facts) {
    const { confD } = requireFact(facts.brokerAccess)
    if (confD.length === 0) return { status: 'pass', observed: 'no contradictions' }
    return {
      status: 'warn',
      observed: confD.map(({ path, line, reason }) => `${path}:${line}: ${reason}`).join('; '),
      expected: 'options that edgekit does not set: its next change of the configuration is refused',
      evidence: confD.map(({ text }) => text),
      remedy: {
        text: 'Remove the lines or files, then restart the broker. Listeners are settings of edgekit broker configure.',
        commands: [
          // The text is the path where the file itself is the problem.
          ...new Set(
            confD.map(({ path, line, text }) =>
              text === path ? `ls -ld ${shellWord(path)}` : `sed -i '${line}s/^/# /' ${shellWord(path)}`,
            ),
          ),
          'systemctl restart mosquitto',
        ],
      },
    }
  },
}
