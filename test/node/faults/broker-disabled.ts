import type { Fault } from './fault.ts'

export const brokerDisabled: Fault = {
  what: 'the broker runs, and is not to start at boot',
  occasion: 'doctor',
  fails: 'broker-at-boot',
  status: 'warn',
  says: /systemctl enable mosquitto/,
  release: 'trixie',
  breakIt: node => node.sh('systemctl disable mosquitto'),
  mend: node => node.sh('systemctl enable mosquitto'),
}
