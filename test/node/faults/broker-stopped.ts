import type { Fault } from './fault.ts'

export const brokerStopped: Fault = {
  what: 'the broker is stopped',
  occasion: 'doctor',
  fails: 'broker-active',
  heals: true,
  says: /systemctl enable --now mosquitto/,
  breakIt: node => node.sh('systemctl stop mosquitto'),
}
