import { requireFact } from '../../../facts/fact.ts'
import { formatBytes } from '../../../lib/format.ts'
import type { Check } from '../../check.ts'

export const brokerDatabase: Check = {
  id: 'broker-database',
  title: 'No broker database was set aside',
  tags: ['doctor'],
  needs: ['running-as-root'],
  run(facts) {
    const database = requireFact(facts.brokerDatabase)
    if (!database) return { status: 'skip', observed: 'the broker does not save messages' }
    const { path, setAside } = database
    const last = setAside.at(-1)
    if (!last) return { status: 'pass', observed: 'none' }
    const { was, expected, advice, words } = reasons[last.reason]
    return {
      status: 'warn',
      observed: `${path} was ${was} when the broker started: its retained and queued messages and its sessions are lost`,
      expected,
      evidence: setAside.map(kept => `${kept.path} (${formatBytes(kept.bytes)})`),
      remedy: {
        text: `${advice}Delete what was set aside when you no longer need it. Durable clients must connect and subscribe again.`,
        commands: [
          `rm ${setAside.map(kept => kept.path).join(' ')}`,
          `journalctl -u mosquitto --no-pager | grep "${words}"`,
        ],
      },
    }
  },
}

const reasons = {
  damaged: {
    was: 'damaged',
    expected: 'a database that survives: power cuts, full disks and worn flash cards damage it',
    advice: '',
    words: 'is damaged',
  },
  'too-large': {
    was: 'too large to load',
    expected: 'messages within memory_limit in mosquitto.conf, with room for EdgeCore',
    advice: 'Find out which program publishes retained messages without end, and stop it. ',
    words: 'is too large',
  },
} as const
