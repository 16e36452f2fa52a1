import { paths } from '../../../src/node/paths.ts'
import type { Fault } from './fault.ts'

export const brokerMisconfigured: Fault = {
  what: 'somebody broke mosquitto.conf: the broker exits at once, again and again',
  occasion: 'doctor',
  fails: 'broker-active',
  says: /Error: .*nonsense/,
  breakIt: node => node.sh(`echo nonsense >>${paths.brokerConfig}; ! timeout 10 systemctl restart mosquitto`),
}
