import type { Fault } from './fault.ts'

const unit =
  '[Unit]\nDescription=Mosquitto MQTT Broker\n[Service]\nExecStart=/usr/sbin/mosquitto -c /etc/mosquitto/mosquitto.conf\n'

export const distributionBroker: Fault = {
  what: "the distribution's mosquitto package is installed",
  occasion: 'preflight',
  fails: 'foreign-units',
  says: /dpkg -S \S*\/lib\/systemd\/system\/mosquitto\.service/,
  release: 'trixie',
  mend: node => node.sh('rm /usr/lib/systemd/system/mosquitto.service; systemctl daemon-reload'),
  async breakIt(node) {
    await node.write('/usr/lib/systemd/system/mosquitto.service', unit)
    await node.sh('systemctl daemon-reload')
  },
}
