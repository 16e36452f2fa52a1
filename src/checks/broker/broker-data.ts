import { requireFact } from '../../facts/fact.ts'
import { paths } from '../../node/paths.ts'
import type { Check } from '../check.ts'

export const brokerData: Check = {
  id: 'broker-data',
  title: 'The broker can keep messages over a restart',
  tags: ['checklist', 'doctor'],
  needs: ['running-as-root'],
  run(facts) {
    const config = requireFact(facts.brokerConfig)
    if (!config) return { status: 'skip', observed: 'there is no mosquitto.conf of edgekit' }
    // The user of the image, where no process says otherwise.
    const uid = ('value' in facts.brokerProcess && facts.brokerProcess.value?.uid) || 1883
    const { data, persistence } = config
    const writable = data && (uid === 0 || (data.uid === uid && (data.mode & 0o300) === 0o300))
    if (!writable) {
      return {
        status: 'fail',
        observed: data
          ? `${paths.brokerData} belongs to user ${data.uid}, mode ${data.mode.toString(8)}: user ${uid} cannot write there`
          : `${paths.brokerData} does not exist`,
        expected: `a directory of user ${uid}: there the broker saves retained and queued messages`,
        remedy: {
          text: 'Give the directory to the user the broker runs as.',
          commands: [`chown -R ${uid}:${uid} ${paths.brokerData}`, `chmod 700 ${paths.brokerData}`],
        },
      }
    }
    if (persistence) return { status: 'pass', observed: `saved in ${paths.brokerData}` }
    return {
      status: 'warn',
      observed: 'mosquitto.conf does not say "persistence true"',
      expected: 'persistence: without it every restart loses retained and queued messages',
      remedy: { text: 'Set it, and restart the broker.', commands: ['systemctl restart mosquitto'] },
    }
  },
}
