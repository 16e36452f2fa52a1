import { requireFact } from '../../../facts/fact.ts'
import { formatBytes } from '../../../lib/format.ts'
import type { Check } from '../../check.ts'

export const brokerDatabase: Check = {
  id: 'broker-database',
  title: 'No damaged broker database was set aside',
  tags: ['doctor'],
  needs: ['running-as-root'],
  run(facts) {
    const database = requireFact(facts.brokerDatabase)
    if (!database) return { status: 'skip', observed: 'the broker does not save messages' }
    const { path, setAside } = database
    if (setAside.length === 0) return { status: 'pass', observed: 'none' }
    const damaged = setAside.map(kept => `${kept.path} (${formatBytes(kept.bytes)})`)
    return {
      status: 'warn',
      observed: `${path} was damaged when the broker started: its retained and queued messages and its sessions are lost`,
      expected: 'a database that survives: power cuts, full disks and worn flash cards damage it',
      evidence: damaged,
      remedy: {
        text: 'Delete what was set aside when you no longer need it. Durable clients must connect and subscribe again.',
        commands: [
          `rm ${setAside.map(kept => kept.path).join(' ')}`,
          'journalctl -u mosquitto --no-pager | grep "is damaged"',
        ],
      },
    }
  },
}
