import type { Fault } from './fault.ts'

export const dropInOfAnother: Fault = {
  what: 'somebody changed the unit of the broker with a drop-in',
  occasion: 'doctor',
  fails: 'foreign-drop-ins',
  status: 'warn',
  says: /mosquitto\.service\.d\/own\.conf/,
  release: 'trixie',
  breakIt: node =>
    node.sh(
      `mkdir /etc/systemd/system/mosquitto.service.d
     printf '[Service]\\nRestartSec=60\\n' >/etc/systemd/system/mosquitto.service.d/own.conf; systemctl daemon-reload`,
    ),
  mend: node => node.sh('rm -r /etc/systemd/system/mosquitto.service.d; systemctl daemon-reload'),
}
