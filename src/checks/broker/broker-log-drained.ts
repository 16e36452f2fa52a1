import { requireFact } from '../../facts/fact.ts'
import type { Check } from '../check.ts'

export const brokerLogDrained: Check = {
  id: 'broker-log-drained',
  title: "Somebody reads the broker's log",
  tags: ['doctor'],
  needs: ['broker-listening'],
  run(facts) {
    const broker = requireFact(facts.brokerProcess)
    if (!broker) return { status: 'skip', observed: 'there is no process of the broker' }
    const stopped = broker.logReaders.filter(({ state }) => state === 'T')
    const blocked = /pipe_write/.test(broker.kernelWait)
    if (!blocked && stopped.length === 0)
      return { status: 'pass', observed: broker.logReaders.map(({ program }) => program).join(', ') || 'yes' }
    const reader = stopped.map(({ program }) => program).join(' and ')
    return {
      status: 'fail',
      observed: blocked
        ? `the broker stands still: it writes to its log, and nobody reads it${reader && ` (${reader} is stopped)`}`
        : `${reader} is stopped: nobody reads the log, and the broker stands still when the pipe is full`,
      expected: 'ctr takes what the broker logs and hands it to the journal',
      remedy: {
        text: 'Start the broker anew. If it happens again, see whether the journal takes lines at all.',
        commands: ['systemctl restart mosquitto', 'systemctl status systemd-journald --no-pager'],
      },
    }
  },
}
