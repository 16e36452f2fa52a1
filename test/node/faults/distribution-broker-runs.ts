import { listenAs } from '../../../lab/tweaks/listen.ts'
import type { Fault } from './fault.ts'

const program = '/usr/sbin/mosquitto'
const packages = '/var/lib/dpkg'

const entry = `
Package: mosquitto
Status: install ok installed
Architecture: amd64
Version: 2.0.11-1.2+deb12u1
Maintainer: nobody
Description: MQTT version 5.0/3.1.1/3.1 compatible message broker
`

export const distributionBrokerRuns: Fault = {
  what: "the distribution's broker runs, started by somebody's own unit",
  occasion: 'preflight',
  fails: 'broker-port',
  says: /held by mosquitto \(pid \d+, own-broker\.service, package mosquitto\).*apt-get remove mosquitto/,
  release: 'trixie',
  // The package needs a network to be installed; what it leaves behind does not.
  async breakIt(node) {
    await node.write(`${packages}/info/mosquitto.list`, `${program}\n`)
    await node.sh(
      `cp ${packages}/status /var/status; echo '${entry}' >>${packages}/status; cp /usr/bin/perl ${program}`,
    )
    await listenAs(node, 'own-broker', '127.0.0.1:1883', program)
  },
  mend: node =>
    node.sh(
      `systemctl stop own-broker; mv /var/status ${packages}/status; rm ${program} ${packages}/info/mosquitto.list`,
    ),
}
