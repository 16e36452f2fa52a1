import type { Fault } from './fault.ts'

export const brokerFrozen: Fault = {
  what: 'the broker is frozen: its unit is active and its port is open, but it does nothing',
  occasion: 'doctor',
  fails: 'broker-round-trip',
  heals: true,
  says: /systemctl restart mosquitto/,
  breakIt: node => node.sh('kill -STOP $(pidof mosquitto)'),
}
