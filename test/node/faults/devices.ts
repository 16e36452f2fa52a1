import type { LabNode } from '../../../lab/machine/node.ts'
import { paths } from '../../../src/node/paths.ts'
import type { Fault } from './fault.ts'

const service = 'edgekit-devices'
/** The service works again when it answers that it does. */
const restart = (node: LabNode) =>
  node.sh(
    `systemctl reset-failed ${service} 2>/dev/null; systemctl restart ${service}
     until edgekit devices status >/dev/null; do sleep 0.2; done`,
  )
const publish = (node: LabNode, topic: string, name: string) =>
  node.sh(
    `ctr -n k8s.io tasks exec --exec-id ${name} mosquitto mosquitto_pub -q 1 -t ${topic} -m '{"status":"online"}'`,
  )

const shared: Pick<Fault, 'occasion' | 'service' | 'release'> = {
  occasion: 'doctor',
  service: true,
  release: 'bookworm',
}

export const devicesFaults: readonly Fault[] = [
  {
    ...shared,
    what: 'the device service is stopped',
    fails: 'devices-active',
    words: /edgekit-devices\.service is inactive \(dead\)/,
    fixable: true,
    breakIt: node => node.sh(`systemctl stop ${service}`),
    repair: restart,
  },
  {
    ...shared,
    what: 'the settings of the device service have a mistake',
    fails: 'devices-active',
    words: /is failed \(failed\), result exit-code.*unknown key.*prot/,
    breakIt: node =>
      node.sh(
        `echo 'broker: { prot: 1883 }' >${paths.devicesSettings}; systemctl restart ${service}
         until systemctl is-failed --quiet ${service}; do sleep 0.1; done`,
      ),
    async repair(node) {
      await node.sh(`rm ${paths.devicesSettings}`)
      await restart(node)
    },
  },
  {
    ...shared,
    what: 'the device service does not start at boot',
    fails: 'devices-at-boot',
    status: 'warn',
    words: /is disabled: it will not start at the next boot/,
    fixable: true,
    breakIt: node => node.sh(`systemctl disable ${service}`),
    repair: node => node.sh(`systemctl enable ${service}`),
  },
  {
    ...shared,
    what: 'the device service connects to the wrong port',
    fails: 'devices-broker',
    words: /not connected to 127\.0\.0\.1:1.*connection refused/,
    async breakIt(node) {
      await node.write(paths.devicesEnvironment, 'MQTT_PORT=1\n', 0o600)
      await node.sh(
        `systemctl restart ${service}
         until journalctl -u ${service} -n 3 -o cat | grep -q retrying; do sleep 0.1; done
         sleep 16 # Before, it is only starting.`,
      )
    },
    async repair(node) {
      await node.sh(`rm ${paths.devicesEnvironment}`)
      await restart(node)
    },
  },
  {
    ...shared,
    what: 'another program has locked the database of devices',
    fails: 'devices-database',
    words: /devices\.db cannot be used, 1 message waiting for \d+ s.*another program has locked it/,
    async breakIt(node) {
      await node.sh('edgekit devices add d1')
      // The lock for writers in write-ahead mode (SQLite, wal.c: WAL_WRITE_LOCK at byte 120 of the index).
      await node.write(
        '/root/lock.pl',
        `use Fcntl;
         open(my $index, '+<', '${paths.devices}/devices.db-shm') or die $!;
         my $lock = pack('s s x4 q q i x4', F_WRLCK, 0, 120, 1, 0);
         fcntl($index, F_SETLK, $lock) or die $!;
         $| = 1; print "locked\\n"; sleep 1000`,
      )
      await node.sh(
        `systemd-run --quiet --unit=locker perl /root/lock.pl
         timeout 20 sh -c 'until journalctl -u locker -o cat | grep -qx locked; do sleep 0.1; done'`,
      )
      await publish(node, 'device/d1/status', 'locked')
      await node.sh(
        `until journalctl -u ${service} -n 3 -o cat | grep -q 'cannot be used'; do sleep 0.1; done`,
      )
    },
    async repair(node) {
      await node.sh('systemctl stop locker')
      await restart(node)
    },
  },
  {
    ...shared,
    what: 'an unknown device publishes',
    fails: 'devices-dead-letters',
    status: 'warn',
    words: /1 message in the last hour did not fit/,
    async breakIt(node) {
      await restart(node)
      await publish(node, 'device/unknown/status', 'unknown')
      await node.sh(`until journalctl -u ${service} -n 3 -o cat | grep -q 'is unknown'; do sleep 0.1; done`)
    },
    repair: restart,
  },
]
