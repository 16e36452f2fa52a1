import { requireFact } from '../../../facts/fact.ts'
import { paths } from '../../../node/paths.ts'
import type { Check } from '../../check.ts'

export const brokerData: Check = {
  id: 'broker-data',
  title: 'Broker can persist messages',
  tags: ['checklist', 'doctor'],
  needs: ['running-as-root', 'install-finished'],
  run(facts) {
    const config = requireFact(facts.brokerConfig)
    if (!config) return { status: 'skip', observed: 'mosquitto.conf does not exist' }
    // The image's user, unless a running process shows another.
    const uid = ('value' in facts.brokerProcess && facts.brokerProcess.value?.uid) || 1883
    const { data, dataDirectory, persistence, persistenceLocation, unusable } = config
    if (!persistence)
      return {
        status: 'warn',
        observed: 'persistence is off in mosquitto.conf',
        expected: 'persistence true: otherwise every restart loses retained and queued messages',
        remedy: {
          text: 'Set persistence true in mosquitto.conf, then restart the broker.',
          commands: [`\${EDITOR:-vi} ${paths.brokerConfig}`, 'systemctl restart mosquitto'],
        },
      }
    if (dataDirectory === undefined)
      return {
        status: 'fail',
        observed: `persistence_location ${persistenceLocation} is in the read-only container`,
        expected: `a directory of the node that mosquitto.service mounts, such as /mosquitto/data (${paths.brokerData})`,
        evidence: unusable.map(({ line, text, reason }) => `${line}: ${text}: ${reason}`),
        remedy: {
          text: 'Let edgekit write mosquitto.conf again, which keeps a copy of yours. To keep yours, set persistence_location /mosquitto/data/ there, or mount the directory with a drop-in, then restart the broker.',
          commands: [
            'edgekit broker configure --force',
            `\${EDITOR:-vi} ${paths.brokerConfig}`,
            'systemctl edit mosquitto',
            'systemctl restart mosquitto',
          ],
        },
      }
    const writable = data && (uid === 0 || (data.uid === uid && (data.mode & 0o300) === 0o300))
    if (!writable) {
      return {
        status: 'fail',
        observed: data
          ? `${dataDirectory} belongs to user ${data.uid}, mode ${data.mode.toString(8)}: user ${uid} cannot write to it`
          : `${dataDirectory} does not exist`,
        expected: `a directory user ${uid} can write to: the broker saves retained and queued messages there`,
        remedy: {
          text: 'Change the owner to the user the broker runs as.',
          commands: [`chown -R ${uid}:${uid} ${dataDirectory}`, `chmod 700 ${dataDirectory}`],
        },
      }
    }
    return { status: 'pass', observed: `saved in ${dataDirectory}` }
  },
}
