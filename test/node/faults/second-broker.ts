import type { Fault } from './fault.ts'

export const secondBroker: Fault = {
  what: 'there is a second broker, on another port',
  occasion: 'doctor',
  fails: 'one-broker',
  status: 'warn',
  says: /127\.0\.0\.1:1885 is held by mosquitto \(pid \d+, container second\)/,
  release: 'bookworm',
  breakIt: node =>
    node.sh(
      `ctr -n k8s.io run --detach --net-host docker.io/library/eclipse-mosquitto:2.0 second /usr/sbin/mosquitto -p 1885 >/dev/null
       until ss --listening --tcp --numeric | grep --quiet 127.0.0.1:1885; do sleep 0.1; done`,
    ),
  mend: node => node.sh('ctr -n k8s.io tasks rm --force second || true; ctr -n k8s.io containers rm second'),
}
