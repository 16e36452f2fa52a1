import { plural } from '../../lib/format.ts'
import type { Check } from '../check.ts'
import { answeringService } from '../shared/device-service.ts'

export const devicesDeadLetters: Check = {
  id: 'devices-dead-letters',
  title: 'Messages of devices fit',
  tags: ['doctor'],
  needs: ['devices-active'],
  run(facts) {
    const found = answeringService(facts)
    if ('status' in found) return found
    const { deadLetters } = found.health
    if (deadLetters === 0) return { status: 'pass', observed: 'no dead letters in the last hour' }
    return {
      status: 'warn',
      observed: `${plural(deadLetters, 'message')} in the last hour did not fit: they are kept as dead letters`,
      expected: 'messages of known devices, on topics and in formats that the service accepts',
      evidence: found.service.log.filter(line => line.includes('"not stored"')).slice(-3),
      remedy: {
        text: 'Read the reasons and topics in the log. Add a device that is unknown, and correct one that publishes other formats.',
        commands: ["journalctl -u edgekit-devices --since -1h --no-pager -g 'not stored'"],
      },
    }
  },
}
