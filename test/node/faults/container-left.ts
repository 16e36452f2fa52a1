import type { Fault } from './fault.ts'

export const containerLeft: Fault = {
  what: 'a container of an earlier broker is left, without a task',
  occasion: 'doctor',
  fails: 'stale-container',
  heals: true,
  says: /a container and a snapshot named mosquitto/,
  release: 'trixie',
  breakIt: node =>
    node.sh(
      'systemctl stop mosquitto; ctr -n k8s.io containers create docker.io/library/eclipse-mosquitto:2.0 mosquitto',
    ),
  // EdgeCore tries again every 5 s.
  mend: node => node.sh('systemctl start mosquitto; until edgekit doctor; do sleep 0.5; done'),
}
