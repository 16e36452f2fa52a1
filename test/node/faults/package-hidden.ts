import type { Fault } from './fault.ts'

const unit = '/usr/lib/systemd/system/mosquitto.service'

export const packageHidden: Fault = {
  what: "the distribution's mosquitto package was installed beside edgekit's",
  occasion: 'doctor',
  fails: 'shadowed-package-unit',
  status: 'warn',
  says: /apt-get remove mosquitto/,
  release: 'trixie',
  async breakIt(node) {
    await node.write(
      unit,
      '[Unit]\nDescription=Mosquitto MQTT Broker\n[Service]\nExecStart=/usr/sbin/mosquitto\n',
    )
    await node.sh('systemctl daemon-reload')
  },
  mend: node => node.sh(`rm ${unit}; systemctl daemon-reload`),
}
