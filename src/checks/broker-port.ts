import { known } from '../facts/fact.ts'
import type { Listener } from '../node/network.ts'
import { broker, brokerContainer } from '../node/paths.ts'
import type { Check } from './check.ts'

const isOurs = ({ owner }: Listener): boolean =>
  owner?.controlGroup.endsWith(`/k8s.io/${brokerContainer}`) ?? false

const describe = ({ address, port, owner }: Listener): string =>
  `${address}:${port} ${owner ? `is held by ${owner.program} (pid ${owner.pid}, ${owner.controlGroup})` : 'is held by a process that only root can see'}`

export const brokerPort: Check = {
  id: 'broker-port',
  title: 'Port 1883 belongs to the broker or to nobody',
  tags: ['preflight', 'doctor'],
  needs: ['running-as-root'],
  run(facts) {
    const strangers = known(facts.listeners).filter(listener => !isOurs(listener))
    if (strangers.length === 0) return { status: 'pass', observed: 'no other program listens on it' }
    const owner = strangers[0]?.owner
    const byPod = owner?.controlGroup.includes('kubepods') ?? false
    return {
      status: 'fail',
      observed: `port ${broker.port} is in use by another program`,
      expected: 'a free port, or the broker that edgekit installed',
      evidence: strangers.map(describe),
      remedy: byPod
        ? {
            text: 'A pod holds the port, probably the DaemonSet edge-eclipse-mosquitto of the CloudCore chart. Turn it off on the cloud side (chart value mosquitto.enable=false).',
            commands: ['kubectl -n kubeedge delete daemonset edge-eclipse-mosquitto'],
          }
        : {
            text: 'Stop that program and keep it from starting again.',
            ...(owner && { commands: [`systemctl status ${owner.pid} --no-pager`] }),
          },
    }
  },
}
