import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { execa } from 'execa'
import { bundleOnNode } from '../../../lab/bundles/bundle.ts'
import type { LabNode } from '../../../lab/machine/node.ts'
import { writeFilesLayer, writeManifest, writeRoot } from '../../../lab/registry/oci.ts'
import { changeBroker, restartBroker, restoreBroker } from '../../../lab/tweaks/broker-config.ts'
import { breakBrokerUnit, restoreBrokerUnit } from '../../../lab/tweaks/broker-unit.ts'
import { listenAs } from '../../../lab/tweaks/listen.ts'
import { paths } from '../../../src/node/paths.ts'
import { hostArch } from '../../../tools/node-runtime.ts'
import { type Fault, foreignArch } from './fault.ts'

const image = 'docker.io/library/eclipse-mosquitto:2.0'

const foreignArchive = '/var/foreign.tar'

const podContainer = '0123456789abcdef'.repeat(4)

const packageProgram = '/usr/sbin/mosquitto'
const dpkg = '/var/lib/dpkg'

const packageEntry = `
Package: mosquitto
Status: install ok installed
Architecture: ${hostArch()}
Version: 2.0.11-1.2+deb12u1
Maintainer: nobody
Description: MQTT version 5.0/3.1.1/3.1 compatible message broker
`

const database = `${paths.brokerData}/mosquitto.db`

/** Makes the broker save now. */
const save = 'systemctl kill --signal=USR1 mosquitto; sleep 0.5'

/** Puts a retained message of 8 kB into the database. */
const saved = `ctr -n k8s.io tasks exec --exec-id fill mosquitto mosquitto_pub -r -q 1 -t kept -m $(head -c 6000 /dev/urandom | base64 -w 0); ${save}`

/** Ways in which mosquitto 2.0.21 loses its messages at a start, and how many bytes are left. */
const damaged: readonly (readonly [what: string, damage: string, words: string])[] = [
  [
    'has zeros in the middle',
    `dd if=/dev/zero of=${database} bs=1 seek=47 count=2000 conv=notrunc`,
    '8\\.\\d kB',
  ],
  ['is cut off', `truncate --size=4096 ${database}`, '4\\.1 kB'],
  ['is empty', `truncate --size=0 ${database}`, '0 B'],
  ['is something else', `echo nonsense >${database}`, '9 B'],
]

const disks: readonly (readonly [
  what: string,
  options: string,
  more: string,
  status: 'fail' | 'warn',
  words: RegExp,
])[] = [
  [
    'is full',
    'size=1m',
    `dd if=/dev/zero of=${paths.brokerData}/other bs=4k || true`,
    'fail',
    /the broker cannot save messages: 0 B available in \/var\/lib\/edgekit\/mosquitto/,
  ],
  ['is nearly full', 'size=5m', 'true', 'warn', /\d\.\d MB available in .*a save writes a second copy/],
  [
    'has no free inodes',
    'size=20m,nr_inodes=3',
    `touch ${paths.brokerData}/other; ${save}`,
    'fail',
    /no free inodes/,
  ],
  ['is read-only', 'size=20m', `mount -o remount,ro ${paths.brokerData}`, 'fail', /is read-only.*remount,rw/],
]

/** Lines at the end of mosquitto.conf with which the broker does not start, or not with all of it. */
const configured: readonly {
  what: string
  lines: string
  before?: string
  after?: string
  status?: 'warn'
  words: RegExp
}[] = [
  {
    what: 'a file where the broker cannot write',
    lines: 'log_dest file /mosquitto/log/mosquitto.log',
    status: 'warn',
    words: /cannot write its log file \/mosquitto\/log\/mosquitto\.log.*Unable to open log file.*sed -i/,
  },
  {
    what: 'a directory with a wrong file',
    lines: 'include_dir /mosquitto/config/conf.d',
    before: 'mkdir /etc/edgekit/mosquitto/conf.d; echo nonsense >/etc/edgekit/mosquitto/conf.d/a.conf',
    after: 'rm -r /etc/edgekit/mosquitto/conf.d',
    words:
      /\/etc\/edgekit\/mosquitto\/conf\.d\/a\.conf has an error in line 1.*Unknown configuration variable/,
  },
  {
    what: 'a plugin that does not exist',
    lines: 'plugin /usr/lib/none.so',
    words: /a plugin that the broker cannot load.*Unable to load auth plugin/,
  },
  {
    what: 'a listener twice',
    lines: 'listener 1883 127.0.0.1',
    words: /a second line in mosquitto\.conf, uses the port.*Address (already )?in use/,
  },
  {
    what: 'a listener on an address of another machine',
    lines: 'listener 1885 203.0.113.9',
    words: /an address that this machine does not have.*ip -brief address/,
  },
  {
    what: 'a listener with a certificate that does not exist',
    lines:
      'listener 8883 127.0.0.1\\ncertfile /mosquitto/config/none.crt\\nkeyfile /mosquitto/config/none.key',
    words: /a certificate or key that mosquitto\.conf names is missing.*none\.crt/,
  },
  {
    what: 'a WebSocket listener with a certificate that does not exist',
    lines:
      'listener 9001 127.0.0.1\\nprotocol websockets\\ncertfile /mosquitto/config/none.crt\\nkeyfile /mosquitto/config/none.key',
    words: /cannot open its WebSocket listener on port 9001/,
  },
]

const added = (option: string): string => `s# --net-host # --net-host ${option} #`

/** Changes of `ctr run` with which the broker does not start. */
const unitChanges: readonly { what: string; script: string; before?: string; words: RegExp }[] = [
  {
    what: 'an option that ctr does not have',
    script: added('--nonsense'),
    words: /ctr does not support an option.*flag provided but not defined: -nonsense/,
  },
  {
    what: 'a directory that does not exist',
    script: added('--mount type=bind,src=/var/none,dst=/mosquitto/more,options=rbind:ro'),
    words: /\/var\/none, which mosquitto\.service mounts into the broker container, does not exist/,
  },
  {
    what: 'too little memory',
    script: 's#--memory-limit [0-9]*#--memory-limit 1000000#',
    words: /the memory limit of the broker container is too low/,
  },
  {
    what: 'a broker for another processor',
    script: added('--mount type=bind,src=/var/foreign,dst=/usr/sbin/mosquitto,options=rbind:ro'),
    before: 'head -c 4000 /dev/urandom >/var/foreign; chmod 755 /var/foreign',
    words: /the broker in the image is for another processor, or damaged.*exec format error/,
  },
  {
    what: 'a seccomp profile that does not exist',
    script: added('--seccomp-profile /var/none.json'),
    words: /a seccomp profile that cannot be read.*none\.json/,
  },
]

const ctr = '$(systemctl show --property=MainPID --value mosquitto)'

/** A broker in a pod with host networking, started as the kubelet inside EdgeCore does: with its cgroup and its labels. */
const runPod = (namespace: string, name: string) => (node: LabNode) =>
  node.sh(
    `ctr -n k8s.io images import --platform linux/${hostArch()} ${bundleOnNode}/images/eclipse-mosquitto-2.0.tar
     ctr -n k8s.io run --detach --net-host --cgroup /kubepods/besteffort/pod1/${podContainer} \\
       --label io.kubernetes.pod.namespace=${namespace} --label io.kubernetes.pod.name=${name} \\
       ${image} ${podContainer} mosquitto -c /mosquitto-no-auth.conf
     until ss --listening --tcp --numeric | grep --quiet :1883; do sleep 0.1; done`,
  )

const removePod = (node: LabNode) =>
  node.sh(
    `ctr -n k8s.io tasks rm --force ${podContainer}; ctr -n k8s.io containers rm ${podContainer}; ctr -n k8s.io images rm --sync ${image}`,
  )

/** The lines of the log stay: others push them out of the last ones. */
const fillLog = (node: LabNode): Promise<string> =>
  node.sh(
    `perl -MIO::Socket::INET -e 'IO::Socket::INET->new("127.0.0.1:1883") or die for 1 .. 120'
     until [ "$(journalctl -u mosquitto -n 100 -o cat | grep -cE 'New connection|<unknown> closed')" -gt 80 ]; do sleep 0.1; done`,
  )

export const brokerFaults: readonly Fault[] = [
  {
    what: 'another program listens on port 1883',
    occasion: 'preflight',
    fails: 'broker-port',
    words: /127\.0\.0\.1:1883 is held by perl \(pid \d+, stranger\.service, package perl-base\)/,
    release: 'bookworm',
    breakIt: node => listenAs(node, 'stranger', '127.0.0.1:1883'),
    repair: node => node.sh('systemctl stop stranger'),
  },
  {
    what: 'the broker of the CloudCore chart runs in a pod with host networking',
    occasion: 'preflight',
    fails: 'broker-port',
    words:
      /0\.0\.0\.0:1883 is held by mosquitto \(pid \d+, pod kubeedge\/edge-eclipse-mosquitto-x7k2p\).*mosquitto\.enable=false/,
    release: 'trixie',
    breakIt: runPod('kubeedge', 'edge-eclipse-mosquitto-x7k2p'),
    repair: removePod,
  },
  {
    what: "edgekit's DaemonSet of the cloud side runs its broker here",
    occasion: 'preflight',
    fails: 'broker-port',
    words:
      /1883 is held by mosquitto \(pid \d+, pod kubeedge\/edgekit-mosquitto-ssgp6\).*kubectl -n kubeedge delete daemonset edgekit-mosquitto"/,
    release: 'bookworm',
    breakIt: runPod('kubeedge', 'edgekit-mosquitto-ssgp6'),
    repair: removePod,
  },
  {
    what: "the distribution's broker runs under a unit of another name",
    occasion: 'preflight',
    fails: 'broker-port',
    words: /held by mosquitto \(pid \d+, own-broker\.service, package mosquitto\).*apt-get remove mosquitto/,
    release: 'trixie',
    // Installing the package needs a network, so only its traces are created.
    async breakIt(node) {
      await node.write(`${dpkg}/info/mosquitto.list`, `${packageProgram}\n`)
      await node.sh(
        `cp ${dpkg}/status /var/status; echo '${packageEntry}' >>${dpkg}/status; cp /usr/bin/perl ${packageProgram}`,
      )
      await listenAs(node, 'own-broker', '127.0.0.1:1883', packageProgram)
    },
    repair: node =>
      node.sh(
        `systemctl stop own-broker; mv /var/status ${dpkg}/status; rm ${packageProgram} ${dpkg}/info/mosquitto.list`,
      ),
  },
  {
    what: 'a second broker listens on another port',
    occasion: 'doctor',
    fails: 'one-broker',
    status: 'warn',
    words: /another broker listens.*127\.0\.0\.1:1885 is held by mosquitto \(pid \d+, container second\)/,
    release: 'bookworm',
    breakIt: node =>
      node.sh(
        `ctr -n k8s.io run --detach --net-host docker.io/library/eclipse-mosquitto:2.0 second /usr/sbin/mosquitto -p 1885 >/dev/null
         until ss --listening --tcp --numeric | grep --quiet 127.0.0.1:1885; do sleep 0.1; done`,
      ),
    repair: node =>
      node.sh('ctr -n k8s.io tasks rm --force second || true; ctr -n k8s.io containers rm second'),
  },
  {
    what: 'the broker image was deleted, as the image garbage collection of the kubelet does',
    occasion: 'doctor',
    fails: 'broker-image',
    fixable: true,
    words: /docker\.io\/library\/eclipse-mosquitto:2\.0 is missing from namespace k8s\.io/,
    breakIt: node => node.sh('ctr -n k8s.io images rm docker.io/library/eclipse-mosquitto:2.0'),
  },
  {
    what: 'the broker image is not pinned',
    occasion: 'doctor',
    fails: 'broker-image',
    status: 'warn',
    fixable: true,
    words: /the broker image is not pinned.*io\.cri-containerd\.pinned=pinned/,
    release: 'trixie',
    breakIt: node => node.sh(`ctr -n k8s.io images label ${image} io.cri-containerd.pinned=`),
    repair: node => node.sh(`ctr -n k8s.io images label ${image} io.cri-containerd.pinned=pinned`),
  },
  {
    what: 'the broker image was replaced by one for the other architecture',
    occasion: 'doctor',
    fails: 'broker-image',
    words: new RegExp(`is for linux/${foreignArch}(/v8)?, expected linux/${hostArch()}`),
    release: 'bookworm',
    async breakIt(node) {
      const directory = await mkdtemp(join(tmpdir(), 'edgekit-foreign-'))
      const layout = join(directory, 'layout')
      await mkdir(layout)
      const source = Buffer.from('for another machine\n')
      const layer = await writeFilesLayer(layout, [
        { path: 'data', mode: 0o644, size: source.length, source },
      ])
      await writeRoot(layout, await writeManifest(layout, `linux/${foreignArch}`, [layer]))
      await execa('tar', ['-cf', join(directory, 'image.tar'), '-C', layout, '.'])
      await node.copyIn(join(directory, 'image.tar'), foreignArchive)
      await rm(directory, { recursive: true })
      await node.sh(
        `ctr -n k8s.io images rm ${image}
         ctr -n k8s.io images import --no-unpack --all-platforms --index-name ${image} ${foreignArchive}`,
      )
    },
    repair: node =>
      node.sh(
        `ctr -n k8s.io images rm ${image}; systemctl restart mosquitto; until edgekit doctor; do sleep 0.5; done`,
      ),
  },
  {
    what: 'the broker directory belongs to root, as after restoring a backup',
    occasion: 'doctor',
    fails: 'broker-data',
    words: /belongs to user 0.*chown -R 1883:1883/,
    release: 'trixie',
    breakIt: node => node.sh(`chown root:root ${paths.brokerData}`),
    repair: node => node.sh(`chown 1883:1883 ${paths.brokerData}`),
  },
  {
    what: 'mosquitto.conf is broken: the broker exits again and again',
    occasion: 'doctor',
    fails: 'broker-log',
    words: /mosquitto\.conf has an error.*nonsense/,
    release: 'bookworm',
    async breakIt(node) {
      await changeBroker('echo nonsense >>$file', { starts: false })(node)
      // Repaired while systemd waits for its next attempt, the broker has been restarted three times before.
      await node.sh(
        `state() { systemctl show --property=NRestarts --property=SubState --value mosquitto | xargs; }
         until test "$(state)" = "3 auto-restart"; do sleep 0.1; done`,
      )
    },
    async repair(node) {
      // A restart in the middle of an attempt kills a ctr that is creating a task. containerd needs 5 s to clean up, no broker
      // can start meanwhile, and systemd has to retry.
      await node.sh(
        'until test "$(systemctl show --property=SubState --value mosquitto)" = auto-restart; do sleep 0.05; done',
      )
      await restoreBroker(node)
    },
  },
  ...damaged.map(
    ([what, damage, words]): Fault => ({
      what: `mosquitto.db ${what}: the broker starts without it`,
      occasion: 'doctor',
      fails: 'broker-database',
      status: 'warn',
      words: new RegExp(`mosquitto\\.db\\.damaged-\\S+Z \\(${words}\\).*rm /var/lib`),
      release: 'trixie',
      breakIt: node => node.sh(`${saved}; systemctl stop mosquitto; ${damage}; ${restartBroker}`),
      repair: node => node.sh(`rm ${database}.damaged-*`),
    }),
  ),
  {
    what: 'mosquitto.db was written by a newer version of mosquitto',
    occasion: 'doctor',
    fails: 'broker-log',
    words: /written by another version.*version 9 \(need version 6\)/,
    release: 'bookworm',
    breakIt: node =>
      node.sh(
        `systemctl stop mosquitto; cp --archive ${database} /var/mosquitto.db
         printf '\\000\\000\\000\\011' | dd of=${database} bs=1 seek=19 conv=notrunc status=none
         timeout 40 systemctl restart mosquitto || true
         until test "$(systemctl show --property=NRestarts --property=SubState --value mosquitto | xargs)" = "2 auto-restart"; do sleep 0.1; done
         test "$(ls ${paths.brokerData})" = mosquitto.db`,
      ),
    repair: node => node.sh(`cp --archive /var/mosquitto.db ${database}; ${restartBroker}`),
  },
  {
    what: 'mosquitto.db needs more memory than memory_limit',
    occasion: 'doctor',
    fails: 'broker-log',
    words: /needs more memory than memory_limit.*Out of memory/,
    release: 'bookworm',
    breakIt: changeBroker(`${saved}; sed -i 's/^memory_limit .*/memory_limit 4000/' $file`, {
      starts: false,
    }),
    async repair(node) {
      await restoreBroker(node)
      await node.sh(`test "$(ls ${paths.brokerData})" = mosquitto.db`)
    },
  },
  ...disks.map(
    ([what, options, more, status, words]): Fault => ({
      what: `the disk with the broker's messages ${what}`,
      occasion: 'doctor',
      fails: 'broker-disk',
      ...(status === 'warn' && { status }),
      words,
      release: 'trixie',
      breakIt: node =>
        node.sh(
          `systemctl stop mosquitto; mount -t tmpfs -o mode=700,uid=1883,gid=1883,${options} tmpfs ${paths.brokerData}
           ${restartBroker}; ${more}`,
        ),
      repair: node => node.sh(`systemctl stop mosquitto; umount ${paths.brokerData}; ${restartBroker}`),
    }),
  ),
  {
    what: 'the broker has saved an empty mosquitto.db, as on a full disk',
    occasion: 'doctor',
    fails: 'broker-saves',
    words: /the last save failed: \S+mosquitto\.db is empty.*USR1/,
    release: 'bookworm',
    breakIt: node => node.sh(`${save}; truncate --size=0 ${database}`),
    repair: node => node.sh(`${save}; test -s ${database}`),
  },
  {
    what: 'a save fails although the disk has room',
    occasion: 'doctor',
    fails: 'broker-saves',
    words: /the last save failed: Is a directory/,
    release: 'bookworm',
    breakIt: node => node.sh(`${save}; sleep 1; mkdir ${database}.new; ${save}`),
    repair: node => node.sh(`rmdir ${database}.new; ${save}`),
  },
  {
    what: 'persistence is off in mosquitto.conf',
    occasion: 'doctor',
    fails: 'broker-data',
    status: 'warn',
    words: /persistence is off in mosquitto\.conf/,
    release: 'trixie',
    breakIt: changeBroker("sed -i 's/^persistence .*/persistence false/' $file", { starts: true }),
    repair: restoreBroker,
  },
  {
    what: 'mosquitto.conf was pasted from a tutorial',
    occasion: 'doctor',
    fails: 'broker-data',
    words:
      /persistence_location \/data is in the read-only container.*5: log_dest file \/mosquitto\/log\/mosquitto\.log: the broker can write only below \/mosquitto\/data.*edgekit broker configure --force/s,
    release: 'bookworm',
    breakIt: changeBroker(
      `printf '%s\\n' 'listener 1883' 'allow_anonymous true' 'persistence true' 'persistence_location /data' 'log_dest file /mosquitto/log/mosquitto.log' 'password_file /mosquitto/config/pwfile' >$file`,
      { starts: false },
    ),
    repair: restoreBroker,
  },
  {
    what: 'max_connections of the broker is reached',
    occasion: 'doctor',
    fails: 'broker-capacity',
    words: /2 of 2 connections are in use/,
    release: 'trixie',
    breakIt: changeBroker("sed -i 's/^max_connections .*/max_connections 2/' $file", { starts: true }),
    repair: restoreBroker,
  },
  {
    what: 'the password file is readable only by root',
    occasion: 'doctor',
    fails: 'broker-log',
    words: /chown 1883:1883/,
    release: 'bookworm',
    breakIt: changeBroker(
      'passwords=/etc/edgekit/mosquitto/passwd; touch $passwords; chmod 600 $passwords; echo password_file /mosquitto/config/passwd >>$file',
      { starts: false },
    ),
    async repair(node) {
      await node.sh('rm /etc/edgekit/mosquitto/passwd')
      await restoreBroker(node)
    },
  },
  ...configured.map(({ what, lines, before = 'true', after = 'true', status, words }, index): Fault => {
    const starts = status === 'warn'
    return {
      what: `mosquitto.conf names ${what}`,
      occasion: 'doctor',
      fails: 'broker-log',
      ...(status && { status }),
      words,
      release: index % 2 === 0 ? 'bookworm' : 'trixie',
      breakIt: changeBroker(`${before}; printf '${lines}\\n' >>$file`, { starts }),
      async repair(node) {
        await restoreBroker(node)
        await node.sh(after)
      },
    }
  }),
  ...unitChanges.map(
    ({ what, script, before = 'true', words }, index): Fault => ({
      what: `mosquitto.service gives the broker ${what}`,
      occasion: 'doctor',
      fails: 'broker-log',
      words,
      release: index % 2 === 0 ? 'trixie' : 'bookworm',
      breakIt: breakBrokerUnit(script, before),
      repair: restoreBrokerUnit,
    }),
  ),
  {
    what: 'the disk for the state of containers is full',
    occasion: 'doctor',
    fails: 'broker-log',
    words: /a disk is full or out of inodes.*no space left on device/,
    release: 'trixie',
    breakIt: node =>
      node.sh(
        `systemctl stop mosquitto; mount -t tmpfs -o size=4k,nr_inodes=1 tmpfs /run/containerd/runc
         timeout 40 systemctl restart mosquitto || true`,
      ),
    repair: node => node.sh(`umount /run/containerd/runc; ${restartBroker}`),
  },
  {
    what: 'containerd-shim-runc-v2 was deleted',
    occasion: 'doctor',
    fails: 'broker-log',
    words: /containerd-shim-runc-v2 is missing.*reinstall containerd/,
    release: 'bookworm',
    breakIt: node =>
      node.sh(
        `systemctl stop mosquitto; mv /usr/bin/containerd-shim-runc-v2 /var; timeout 40 systemctl restart mosquitto || true`,
      ),
    repair: node => node.sh(`mv /var/containerd-shim-runc-v2 /usr/bin; ${restartBroker}`),
  },
  {
    what: 'the broker is stopped',
    occasion: 'doctor',
    fails: 'broker-active',
    fixable: true,
    words: /systemctl enable --now mosquitto/,
    breakIt: node => node.sh('systemctl stop mosquitto'),
  },
  {
    what: 'the broker runs but is disabled at boot',
    occasion: 'doctor',
    fails: 'broker-at-boot',
    status: 'warn',
    words: /it will not start at the next boot.*systemctl enable mosquitto/,
    release: 'trixie',
    breakIt: node => node.sh('systemctl disable mosquitto'),
    repair: node => node.sh('systemctl enable mosquitto'),
  },
  {
    what: 'the broker is killed repeatedly, as when out of memory, and comes back each time',
    occasion: 'doctor',
    fails: 'broker-stable',
    words: /3 restarts in 10 minutes/,
    release: 'trixie',
    breakIt: node =>
      node.sh(
        `for time in 1 2 3; do
           kill -KILL $(pidof mosquitto)
           until test "$(systemctl show --property=NRestarts --value mosquitto)" = $time; do sleep 0.1; done
           until systemctl is-active --quiet mosquitto; do sleep 0.1; done
         done; sleep 6`,
      ),
  },
  {
    what: 'the broker listens on all addresses',
    occasion: 'doctor',
    fails: 'broker-listening',
    fixable: true,
    words: /open to the network on 0\.0\.0\.0/,
    breakIt: node =>
      node.sh(
        `sed -i 's/^listener .*/listener 1883 0.0.0.0/' ${paths.brokerConfig}; systemctl restart mosquitto`,
      ),
  },
  {
    what: 'ctr is stopped and the log pipe of the broker is full',
    occasion: 'doctor',
    fails: 'broker-log-drained',
    words: /the broker is blocked: its log pipe is full/,
    release: 'trixie',
    // Every connection logs a line.
    breakIt: node =>
      node.sh(
        `kill -STOP ${ctr}
         until grep --quiet pipe_write /proc/$(pidof mosquitto)/wchan; do
           for one in $(seq 100); do timeout 1 bash -c ': </dev/tcp/127.0.0.1/1883'; done
         done`,
      ),
  },
  {
    what: 'ctr, which reads the broker log, is stopped',
    occasion: 'doctor',
    fails: 'broker-log-drained',
    words: /ctr is stopped: the broker blocks/,
    release: 'bookworm',
    breakIt: node => node.sh(`kill -STOP ${ctr}`),
    repair: node => node.sh(`kill -CONT ${ctr}`),
  },
  {
    what: 'one program holds nearly all connections',
    occasion: 'doctor',
    fails: 'broker-capacity',
    status: 'warn',
    words: /\d+ of 512 connections are in use.*user nobody has 48\d/,
    release: 'trixie',
    breakIt: node =>
      node.sh(
        `systemd-run --quiet --uid=nobody --unit=holder perl -MIO::Socket::INET -e 'my @held = map { IO::Socket::INET->new("127.0.0.1:1883") or die } 1 .. 485; sleep 9999'
         until [ "$(ss -Htn state established '( sport = :1883 )' | wc -l)" -ge 485 ]; do sleep 0.1; done`,
      ),
    repair: node => node.sh('systemctl stop holder'),
  },
  {
    what: 'two clients have the same client ID',
    occasion: 'doctor',
    fails: 'broker-losses',
    status: 'warn',
    words: /several clients use the client ID twin-1/,
    release: 'bookworm',
    breakIt: node =>
      node.sh(
        `for at in 1 2 3 4; do
           timeout 2 ctr -n k8s.io tasks exec --exec-id twin-$at mosquitto mosquitto_sub -i twin-1 -t twin -C 1 -W 1 &
           sleep 0.3
         done; wait`,
      ),
    repair: fillLog,
  },
  {
    what: 'a client sends a message above max_packet_size',
    occasion: 'doctor',
    fails: 'broker-losses',
    status: 'warn',
    words: /client large-1 sent a message above max_packet_size and was disconnected/,
    release: 'bookworm',
    breakIt: node =>
      node.sh(
        `head -c 2100000 /dev/zero | timeout 10 ctr -n k8s.io tasks exec --exec-id large mosquitto mosquitto_pub -i large-1 -t t -q 1 -s || true`,
      ),
    repair: fillLog,
  },
  {
    what: 'the broker drops messages for an offline client, which its last lines no longer name',
    occasion: 'doctor',
    fails: 'broker-losses',
    status: 'warn',
    words: /the broker drops messages: about \d+ per minute within the last 15 minutes/,
    release: 'bookworm',
    breakIt: async node => {
      await changeBroker(
        "sed -i 's/^max_queued_messages .*/max_queued_messages 5/; s/^sys_interval .*/sys_interval 1/' $file",
        { starts: true },
      )(node)
      await node.sh(
        `client() { ctr -n k8s.io tasks exec --exec-id $1 mosquitto "$@"; }
         client mosquitto_sub -i offline-1 -c -q 1 -t queued -V 5 -x 60 -E
         seq 200 | client mosquitto_pub -t queued -q 1 -l
         sleep 2`,
      )
      await fillLog(node)
    },
    repair: restoreBroker,
  },
  {
    what: 'the broker requires a password that EdgeCore does not have',
    occasion: 'doctor',
    fails: 'broker-login',
    words: /without a user name and with no password.*Not authorized/,
    release: 'trixie',
    breakIt: changeBroker("sed -i 's/^allow_anonymous .*/allow_anonymous false/' $file", { starts: false }),
    repair: restoreBroker,
  },
  {
    what: 'mosquitto.conf has the option with which the broker loses messages for offline clients',
    occasion: 'doctor',
    fails: 'broker-durable-session',
    status: 'warn',
    words: /did not receive it.*per_listener_settings true.*sed -i/,
    release: 'trixie',
    remedied: true,
    breakIt: changeBroker("sed -i '/^listener /i per_listener_settings true' $file", { starts: true }),
    repair: restoreBroker,
  },
  {
    what: 'the broker is frozen: its unit is active and its port open',
    occasion: 'doctor',
    fails: 'broker-round-trip',
    fixable: true,
    words: /systemctl restart mosquitto/,
    breakIt: node => node.sh('kill -STOP $(pidof mosquitto)'),
  },
]
