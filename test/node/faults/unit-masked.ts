import type { Fault } from './fault.ts'

export const unitMasked: Fault = {
  what: 'mosquitto.service is masked',
  occasion: 'preflight',
  fails: 'masked-units',
  says: /systemctl unmask mosquitto\.service/,
  release: 'bookworm',
  breakIt: node => node.sh('systemctl mask mosquitto'),
  mend: node => node.sh('systemctl unmask mosquitto'),
}
