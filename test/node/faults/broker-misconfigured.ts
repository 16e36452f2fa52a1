import { changeBroker, putBrokerBack } from '../../lab/broker-config.ts'
import type { Fault } from './fault.ts'

export const brokerMisconfigured: Fault = {
  what: 'somebody broke mosquitto.conf: the broker exits at once, again and again',
  occasion: 'doctor',
  fails: 'broker-log',
  says: /does not understand mosquitto\.conf.*nonsense/,
  release: 'bookworm',
  breakIt: changeBroker('echo nonsense >>$file', { starts: false }),
  mend: putBrokerBack,
}
