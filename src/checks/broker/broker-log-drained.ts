import { requireFact } from '../../facts/fact.ts'
import type { Check } from '../check.ts'

export const brokerLogDrained: Check = {
  id: 'broker-log-drained',
  title: 'Broker log is drained',
  tags: ['doctor'],
  needs: ['broker-listening'],
  run(facts) {
    const broker = requireFact(facts.brokerProcess)
    if (!broker) return { status: 'skip', observed: 'the broker is not running' }
    const stopped = broker.logReaders.filter(({ state }) => state === 'T')
    const blocked = /pipe_write/.test(broker.kernelWait)
    if (!blocked && stopped.length === 0)
      return {
        status: 'pass',
        observed: broker.logReaders.map(({ program }) => program).join(', ') || 'drained',
      }
    const reader = stopped.map(({ program }) => program).join(' and ')
    return {
      status: 'fail',
      observed: blocked
        ? `the broker is blocked: its log pipe is full and not read${reader && ` (${reader} is stopped)`}`
        : `${reader} is stopped: the broker blocks when its log pipe is full`,
      expected: 'ctr passes the broker log to the journal',
      remedy: {
        text: 'Restart the broker. If it blocks again, check journald.',
        commands: ['systemctl restart mosquitto', 'systemctl status systemd-journald --no-pager'],
      },
    }
  },
}
