import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { writeAuthority } from '../../../lab/cloud/authority.ts'
import { bundleOnNode, install } from '../../../lab/machine/installed.ts'
import { listenAs } from '../../../lab/tweaks/listen.ts'
import { restartEdgecore } from '../../../lab/tweaks/restart-edgecore.ts'
import { paths } from '../../../src/node/paths.ts'
import { hostArch } from '../../../tools/node-runtime.ts'
import { type Fault, foreignArch, visibleAfter } from './fault.ts'

const packageUnit = '/usr/lib/systemd/system/mosquitto.service'
const packageUnitText =
  '[Unit]\nDescription=Mosquitto MQTT Broker\n[Service]\nExecStart=/usr/sbin/mosquitto -c /etc/mosquitto/mosquitto.conf\n'

const rootCa = '/etc/kubeedge/ca/rootCA.crt'

export const nodeFaults: readonly Fault[] = [
  {
    what: 'an unprivileged user runs the install',
    occasion: 'preflight',
    fails: 'running-as-root',
    status: 'error',
    words: /sudo \.\/edgekit install/,
    release: 'bookworm',
    breakIt: node => node.sh('chmod 755 /root'),
    repair: node => node.sh('chmod 700 /root'),
    prefix: 'setpriv --reuid=65534 --regid=65534 --clear-groups',
  },
  {
    what: 'the kernel is from 2010',
    occasion: 'preflight',
    fails: 'kernel',
    words: /linux 2\.6\.\d+/,
    release: 'trixie',
    breakIt: async () => undefined,
    repair: async () => undefined,
    prefix: 'setarch --uname-2.6',
  },
  {
    what: 'the manifest is that of a bundle for the other architecture',
    occasion: 'preflight',
    fails: 'architecture',
    words: new RegExp(`the bundle is for ${foreignArch}, this node is ${hostArch()}`),
    release: 'trixie',
    breakIt: node =>
      node.sh(
        `sed -i.before 's/"arch": "${hostArch()}"/"arch": "${foreignArch}"/' ${bundleOnNode}/bundle.json`,
      ),
    repair: node => node.sh(`mv ${bundleOnNode}/bundle.json.before ${bundleOnNode}/bundle.json`),
  },
  {
    what: 'the machine was not booted with systemd, as in a container',
    occasion: 'preflight',
    fails: 'systemd-is-init',
    words: /booted with systemd/,
    breakIt: node =>
      node.write('/root/no-systemd', '#!/bin/sh\nmount -t tmpfs tmpfs /run/systemd\nexec "$@"\n', 0o755),
    repair: node => node.sh('rm /root/no-systemd'),
    release: 'bookworm',
    prefix: 'unshare --mount /root/no-systemd',
  },
  {
    what: 'nothing is installed',
    occasion: 'doctor',
    fails: 'node-installed',
    words: /nothing is installed: no broker, no EdgeCore.*\.\/edgekit install/,
    release: 'trixie',
    breakIt: node =>
      node.sh(
        `sed -n 's/^ *hostnameOverride: *//p' ${paths.edgecoreConfig} >/var/node-name; edgekit uninstall --yes; mv /etc/kubeedge/certs /var/`,
        { timeoutMs: 60_000 },
      ),
    // The certificate of an installed lab node is for the host name that it had then.
    repair: node =>
      node.sh(
        `mv /var/certs /etc/kubeedge/; ${install} --node-name $(cat /var/node-name); rm /var/node-name`,
        {
          timeoutMs: 60_000,
        },
      ),
    prefix: `PATH=${bundleOnNode}:$PATH`,
  },
  {
    what: 'an install was killed and not finished',
    occasion: 'doctor',
    fails: 'install-finished',
    words: /edgekit install of .* was interrupted.*edgekit rollback/,
    release: 'bookworm',
    breakIt: node =>
      node.sh(
        `systemctl stop mosquitto; cd ${bundleOnNode}; ./edgekit install >/dev/null & edgekit=$!
         until grep --quiet '"intent"' ${paths.journal}; do sleep 0.02; done 2>/dev/null; kill -9 $edgekit`,
      ),
  },
  {
    what: 'cgroups have no memory controller, as on an unconfigured Raspberry Pi',
    occasion: 'doctor',
    fails: 'cgroup-mode',
    words: /cgroup v[12][^"]*, without memory/,
    release: 'bookworm',
    ...visibleAfter(
      `if [ -e /sys/fs/cgroup/cgroup.controllers ]; then
         echo "cpu io pids" >/run/controllers; mount --bind /run/controllers /sys/fs/cgroup/cgroup.controllers
       else umount -l /sys/fs/cgroup/memory; fi`,
    ),
  },
  {
    what: 'the kernel was built without cpusets and CPU accounting, as by a board vendor',
    occasion: 'preflight',
    fails: 'cgroup-mode',
    words: /without cpuacct, cpuset|without cpu/,
    release: 'trixie',
    ...visibleAfter(
      `if [ -e /sys/fs/cgroup/cgroup.controllers ]; then
         echo "io memory pids" >/run/controllers; mount --bind /run/controllers /sys/fs/cgroup/cgroup.controllers
       else umount -l /sys/fs/cgroup/cpuset /sys/fs/cgroup/cpuacct; fi`,
    ),
  },
  {
    what: 'a real-time process keeps the cpu controller from the pods',
    occasion: 'doctor',
    fails: 'cgroup-mode',
    words: /\/sys\/fs\/cgroup\/kubepods has no cpu, cpuset controller/,
    release: 'bookworm',
    ...visibleAfter(
      `mount -t tmpfs tmpfs /sys/fs/cgroup; mkdir /sys/fs/cgroup/kubepods
       echo 'cpuset cpu io memory pids' >/sys/fs/cgroup/cgroup.controllers
       echo 'io memory pids' >/sys/fs/cgroup/kubepods/cgroup.controllers`,
    ),
  },
  {
    what: 'root has used up its inotify instances',
    occasion: 'doctor',
    fails: 'inotify-limits',
    status: 'warn',
    words: /\d+ of 6 inotify instances in use by root.*fs\.inotify\.max_user_instances = 1024/,
    release: 'trixie',
    ...visibleAfter('echo 6 >/run/limit; mount --bind /run/limit /proc/sys/fs/inotify/max_user_instances'),
  },
  {
    what: 'too few inotify watches are left for EdgeCore to start',
    occasion: 'preflight',
    fails: 'inotify-limits',
    words: /\d+ of 50 inotify watches in use by root/,
    release: 'bookworm',
    ...visibleAfter('echo 50 >/run/limit; mount --bind /run/limit /proc/sys/fs/inotify/max_user_watches'),
  },
  {
    what: 'other programs use the memory',
    occasion: 'doctor',
    fails: 'memory',
    words: /80\.\d MB of 1\.0 GB available/,
    release: 'trixie',
    ...visibleAfter(
      `printf 'MemTotal: 1000000 kB\\nMemAvailable: 79000 kB\\n' >/run/meminfo; mount --bind /run/meminfo /proc/meminfo`,
    ),
  },
  {
    what: 'the disk for the images is too small for the bundle',
    occasion: 'preflight',
    fails: 'disk-space',
    words: /\/var\/lib\/containerd \(on \/var\/lib\/containerd\): \d\.\d MB available, [\d.]+ MB needed/,
    release: 'bookworm',
    ...visibleAfter('mount -t tmpfs -o size=2m tmpfs /var/lib/containerd'),
  },
  {
    what: 'a small file system for /opt has no room for edgekit',
    occasion: 'preflight',
    fails: 'disk-space',
    words: /\/opt\/edgekit\/bin \(on \/opt\): \d+\.\d (MB|kB) available, [\d.]+ MB needed/,
    release: 'bookworm',
    ...visibleAfter('mount -t tmpfs -o size=1m tmpfs /opt'),
  },
  {
    what: 'the disk for the images has no free inodes',
    occasion: 'doctor',
    fails: 'inodes',
    words: /\/var\/lib\/containerd: \d of 30 inodes free/,
    release: 'trixie',
    ...visibleAfter(
      `mkdir /run/full /run/old; mount --rbind /var/lib/containerd /run/old
       mount -t tmpfs -o nr_inodes=30 tmpfs /run/full; cd /run/full
       for part in $(ls /run/old); do mkdir $part; mount --rbind /run/old/$part $part; done
       touch $(seq 29 2>/dev/null) 2>/dev/null || :; cd /
       mount --rbind /run/full /var/lib/containerd`,
    ),
  },
  {
    what: 'the disk for the pods is nearly full',
    occasion: 'doctor',
    fails: 'disk-pressure',
    words: /\/var\/lib\/kubelet: \d+\.\d [kM]B of 10\.5 MB available \(4%\)/,
    release: 'bookworm',
    ...visibleAfter(
      `mkdir -p /var/lib/kubelet; mount -t tmpfs -o size=10m tmpfs /var/lib/kubelet; head -c 10000000 /dev/zero >/var/lib/kubelet/full`,
    ),
  },
  {
    what: '/etc is read-only',
    occasion: 'preflight',
    fails: 'directories-writable',
    words: /read-only: \/etc/,
    release: 'trixie',
    ...visibleAfter('mount --bind /etc /etc; mount -o remount,bind,ro /etc'),
  },
  {
    what: 'the disk of EdgeCore failed and is mounted read-only',
    occasion: 'doctor',
    fails: 'directories-writable',
    words: /read-only: \/var\/lib\/kubeedge.*mount -o remount,rw \/var\/lib\/kubeedge/,
    release: 'bookworm',
    ...visibleAfter(
      'mount --bind /var/lib/kubeedge /var/lib/kubeedge; mount -o remount,bind,ro /var/lib/kubeedge',
    ),
  },
  {
    what: '/etc/kubeedge is a read-only mount, as in an image with an overlay',
    occasion: 'doctor',
    fails: 'directories-writable',
    words: /read-only: \/etc\/kubeedge.*\/etc\/kubeedge is on \/etc\/kubeedge/,
    release: 'trixie',
    ...visibleAfter('mount --bind /etc/kubeedge /etc/kubeedge; mount -o remount,bind,ro /etc/kubeedge'),
  },
  {
    what: 'the disk of containerd is read-only',
    occasion: 'preflight',
    fails: 'directories-writable',
    words: /read-only: \/var\/lib\/containerd/,
    release: 'bookworm',
    ...visibleAfter('mount -o remount,bind,ro /var/lib/containerd'),
  },
  {
    what: '/usr/local/bin is mounted with noexec',
    occasion: 'doctor',
    fails: 'programs-can-run',
    words: /noexec: \/usr\/local\/bin/,
    release: 'trixie',
    ...visibleAfter(
      'mount --bind /usr/local/bin /usr/local/bin; mount -o remount,bind,noexec /usr/local/bin',
    ),
  },
  {
    what: 'the clock is two years behind the installed files',
    occasion: 'doctor',
    fails: 'clock',
    words: /\d{4}-\d\d-\d\d the bundle was installed/,
    release: 'bookworm',
    breakIt: node => node.sh(`touch -d '+2 years' ${paths.installedManifest}`),
    repair: node => node.sh(`touch ${paths.installedManifest}`),
  },
  {
    what: 'no time server synchronizes the clock',
    occasion: 'doctor',
    fails: 'clock-synchronized',
    status: 'warn',
    words: /no time server synchronizes the clock.*timedatectl set-ntp true/,
    release: 'bookworm',
    ...visibleAfter(
      `mount -t tmpfs tmpfs /run/systemd/timesync
       printf '#!/bin/sh\\necho no\\n' >/run/systemd/timesync/no; chmod 755 /run/systemd/timesync/no
       mount --bind /run/systemd/timesync/no /usr/bin/timedatectl`,
    ),
  },
  {
    what: 'the machine is named localhost',
    occasion: 'preflight',
    fails: 'node-name',
    words: /hostnamectl set-hostname/,
    release: 'trixie',
    breakIt: node => node.sh('hostname localhost'),
    repair: node => node.sh('hostname --file /etc/hostname'),
  },
  {
    what: 'the host name has an underscore, as a board vendor sets it',
    occasion: 'preflight',
    fails: 'node-name',
    words: /orange_pi_5.*hostnamectl set-hostname/,
    release: 'bookworm',
    breakIt: node => node.sh('echo Orange_Pi_5 >/proc/sys/kernel/hostname'),
    repair: node => node.sh('hostname --file /etc/hostname'),
  },
  {
    what: 'the node name does not match its certificate',
    occasion: 'doctor',
    fails: 'node-name',
    words: /the node certificate is for/,
    release: 'trixie',
    breakIt: node =>
      node.sh(
        `sed -i.before 's/hostnameOverride: .*/hostnameOverride: somebody-else/' ${paths.edgecoreConfig}`,
      ),
    repair: node => node.sh(`mv ${paths.edgecoreConfig}.before ${paths.edgecoreConfig}`),
  },
  {
    what: 'the node has no default route',
    occasion: 'preflight',
    fails: 'default-route',
    words: /no default route.*ip route add default/,
    release: 'bookworm',
    breakIt: node => node.sh('ip route del default'),
    repair: node => node.sh('ip route add default via 198.51.100.1'),
  },
  {
    what: 'the board has another address than the nodeIP in edgecore.yaml, as after a move',
    occasion: 'doctor',
    fails: 'default-route',
    words: /modules\.edged\.nodeIP is 198\.51\.100\.99, which is not an address of this machine/,
    release: 'trixie',
    breakIt: node =>
      node.sh(
        `cp --archive ${paths.edgecoreConfig} /var/edgecore.yaml
         sed -i 's/nodeIP: .*/nodeIP: 198.51.100.99/' ${paths.edgecoreConfig}
         touch --reference=/var/edgecore.yaml ${paths.edgecoreConfig}`,
      ),
    repair: node => node.sh(`mv /var/edgecore.yaml ${paths.edgecoreConfig}`),
  },
  {
    what: '/etc/hosts was deleted',
    occasion: 'preflight',
    fails: 'network-files',
    remedied: true,
    words: /\/etc\/hosts: missing/,
    release: 'trixie',
    breakIt: node => node.sh('mv /etc/hosts /var/hosts'),
    repair: node => node.sh('mv /var/hosts /etc/hosts'),
  },
  {
    what: '/etc/resolv.conf is a dangling link, as on a node that never had a network',
    occasion: 'preflight',
    fails: 'network-files',
    words: /\/etc\/resolv\.conf: missing, or a link to a missing file/,
    release: 'bookworm',
    breakIt: node => node.sh('ln -sf ../run/nowhere/resolv.conf /etc/resolv.conf'),
    repair: node => node.sh('rm /etc/resolv.conf; : >/etc/resolv.conf'),
  },
  {
    what: 'a kubelet runs, as on a node of a cluster',
    occasion: 'preflight',
    fails: 'no-kubelet',
    words: /systemctl disable --now kubelet/,
    release: 'trixie',
    breakIt: node =>
      node.sh('cp /usr/bin/sleep /var/kubelet; systemd-run --quiet --unit=kubelet /var/kubelet infinity'),
    repair: node => node.sh('systemctl stop kubelet; rm /var/kubelet'),
  },
  {
    what: 'kube-proxy of an earlier cluster runs',
    occasion: 'doctor',
    fails: 'no-kubelet',
    status: 'warn',
    words: /kube-proxy running/,
    release: 'bookworm',
    breakIt: node =>
      node.sh('cp /usr/bin/sleep /var/kube-proxy; systemd-run --quiet --unit=proxy /var/kube-proxy infinity'),
    repair: node => node.sh('systemctl stop proxy; rm /var/kube-proxy'),
  },
  {
    what: 'mosquitto.service is masked',
    occasion: 'preflight',
    fails: 'broker-masked',
    remedied: true,
    words: /systemctl unmask mosquitto\.service/,
    release: 'bookworm',
    breakIt: node => node.sh('systemctl mask mosquitto'),
    repair: node => node.sh('systemctl unmask mosquitto'),
  },
  {
    what: 'containerd.service is stopped and masked',
    occasion: 'preflight',
    fails: 'containerd-masked',
    words: /systemctl unmask containerd\.service/,
    release: 'trixie',
    breakIt: node => node.sh('systemctl stop containerd; systemctl mask containerd'),
    repair: node => node.sh('systemctl unmask containerd; systemctl start containerd'),
  },
  {
    what: 'edgecore.service is stopped and masked',
    occasion: 'doctor',
    fails: 'edgecore-masked',
    fixable: true,
    words: /edgecore\.service is masked.*systemctl unmask edgecore\.service/,
    release: 'bookworm',
    breakIt: node =>
      node.sh(
        `systemctl stop edgecore; mv ${paths.edgecoreUnit} /var/edgecore.service; systemctl mask edgecore`,
      ),
    repair: node =>
      node.sh(
        `systemctl unmask edgecore; mv /var/edgecore.service ${paths.edgecoreUnit}; systemctl daemon-reload; ${restartEdgecore()}`,
      ),
  },
  {
    what: "the distribution's mosquitto package is installed",
    occasion: 'preflight',
    fails: 'foreign-units',
    words:
      /mosquitto\.service was not installed by edgekit.*dpkg -S \S*\/lib\/systemd\/system\/mosquitto\.service/,
    release: 'trixie',
    repair: node => node.sh(`rm ${packageUnit}; systemctl daemon-reload`),
    async breakIt(node) {
      await node.write(packageUnit, packageUnitText)
      await node.sh('systemctl daemon-reload')
    },
  },
  {
    what: "the distribution's mosquitto package was installed after edgekit",
    occasion: 'doctor',
    fails: 'shadowed-package-unit',
    status: 'warn',
    words: /edgekit's mosquitto\.service shadows .*apt-get remove mosquitto/,
    release: 'trixie',
    async breakIt(node) {
      await node.write(packageUnit, packageUnitText)
      await node.sh('systemctl daemon-reload')
    },
    repair: node => node.sh(`rm ${packageUnit}; systemctl daemon-reload`),
  },
  {
    what: 'a foreign drop-in changes the unit of the broker',
    occasion: 'doctor',
    fails: 'foreign-drop-ins',
    status: 'warn',
    words: /mosquitto\.service\.d\/own\.conf/,
    release: 'trixie',
    breakIt: node =>
      node.sh(
        `mkdir /etc/systemd/system/mosquitto.service.d
       printf '[Service]\\nRestartSec=60\\n' >/etc/systemd/system/mosquitto.service.d/own.conf; systemctl daemon-reload`,
      ),
    repair: node => node.sh('rm -r /etc/systemd/system/mosquitto.service.d; systemctl daemon-reload'),
  },
  {
    what: 'another program listens on the port of the EdgeCore health endpoint',
    occasion: 'preflight',
    fails: 'edgecore-ports',
    words: /127\.0\.0\.1:10350 is held by perl \(pid \d+, health\.service, package perl-base\)/,
    release: 'bookworm',
    breakIt: node => listenAs(node, 'health', '127.0.0.1:10350'),
    repair: node => node.sh('systemctl stop health'),
  },
  {
    what: 'another broker listens on the port of the broker inside EdgeCore',
    occasion: 'doctor',
    fails: 'edgecore-ports',
    status: 'warn',
    words:
      /127\.0\.0\.1:1884 is held by perl \(pid \d+, gateway\.service, package perl-base\).*systemctl disable --now gateway\.service/,
    release: 'trixie',
    breakIt: node => listenAs(node, 'gateway', '127.0.0.1:1884'),
    repair: node => node.sh('systemctl stop gateway'),
  },
  {
    what: 'the machine has no journal',
    occasion: 'doctor',
    fails: 'journal-kept',
    words: /this machine has no journal/,
    release: 'trixie',
    ...visibleAfter(
      'mount -t tmpfs tmpfs /var/log/journal; mkdir -p /run/log/journal; mount -t tmpfs tmpfs /run/log/journal',
    ),
  },
  {
    what: 'the journal is in memory only',
    occasion: 'doctor',
    fails: 'journal-kept',
    status: 'warn',
    words: /in memory only \(\/run\/log\/journal\)/,
    release: 'bookworm',
    ...visibleAfter(
      `mkdir -p /run/log/journal; mount --bind /var/log/journal /run/log/journal; mount -t tmpfs tmpfs /var/log/journal`,
    ),
  },
  {
    what: 'the clock is before the CA of the cloud',
    occasion: 'doctor',
    fails: 'clock',
    words: /before \/etc\/kubeedge\/ca\/rootCA\.crt was issued/,
    release: 'bookworm',
    async breakIt(node) {
      const directory = await mkdtemp(join(tmpdir(), 'edgekit-ca-'))
      await writeAuthority(directory, '203.0.113.1', new Date(Date.now() + 2 * 365 * 86_400_000))
      await node.sh(`cp --archive ${rootCa} /var/rootCA.crt`)
      await node.copyIn(join(directory, 'rootCA.crt'), rootCa)
      await rm(directory, { recursive: true })
    },
    repair: node => node.sh(`mv /var/rootCA.crt ${rootCa}`),
  },
]
