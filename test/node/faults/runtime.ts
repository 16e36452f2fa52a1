import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { program } from '../../../lab/bundles/program.ts'
import type { LabNode } from '../../../lab/machine/node.ts'
import { containerdOfDebian11 } from '../../../lab/tweaks/containerd-of-debian-11.ts'
import { ctrOfDebian11 } from '../../../lab/tweaks/ctr-of-debian-11.ts'
import { paths } from '../../../src/node/paths.ts'
import { type Fault, foreignArch, visibleAfter } from './fault.ts'

const dockerSocket = '/run/docker/containerd/containerd.sock'

const dockerConfig = `version = 2
root = "/var/second/root"
state = "/var/second/state"
disabled_plugins = ["io.containerd.grpc.v1.cri"]
[grpc]
address = "${dockerSocket}"
`

const containerdConfig = '/etc/containerd/config.toml'
const content = '/var/lib/containerd/io.containerd.content.v1.content/blobs/sha256'
const snapshots = '/var/lib/containerd/io.containerd.snapshotter.v1.overlayfs/snapshots'
const uuid = '/var/lib/containerd/io.containerd.grpc.v1.introspection/uuid'

/** A command that prints the digest of the first layer of an image of the bundle, in hexadecimal. */
const layerOf = (image: string): string =>
  `grep -A 99 '"reference": ".*${image}' ${paths.installedManifest} | grep -A 2 '"layers"' | grep -o -m 1 '[0-9a-f]\\{64\\}'`

/** After `doctor --fix`, or in its place. */
const healed = (node: LabNode): Promise<unknown> => node.sh('edgekit doctor --fix --yes')

/** The image every pod starts with, which differs by release. */
const sandboxImage = `$(containerd config dump | sed -n 's/^ *sandbox_image = "\\(.*\\)"/\\1/p')`

/** The directory of Debian's containerd. */
const plugins = '/usr/lib/cni'

export const runtimeFaults: readonly Fault[] = [
  {
    what: 'containerd is stopped',
    occasion: 'preflight',
    fails: 'containerd-answers',
    words: /systemctl enable --now containerd/,
    breakIt: node => node.sh('systemctl stop containerd'),
  },
  {
    what: 'containerd is not installed',
    occasion: 'preflight',
    fails: 'containerd-answers',
    words: /containerd\.service does not exist/,
    breakIt: node =>
      node.sh(
        'systemctl disable --now containerd; rm -f /usr/bin/containerd* /usr/bin/ctr /usr/lib/systemd/system/containerd.service; systemctl daemon-reload',
      ),
  },
  {
    what: 'containerd is frozen: its socket accepts connections',
    occasion: 'doctor',
    fails: 'containerd-answers',
    words: /accepts connections on \S+ but does not respond/,
    breakIt: node => node.sh('systemctl kill --signal=STOP containerd'),
    repair: node => node.sh('systemctl kill --signal=CONT containerd'),
  },
  {
    what: 'containerd is that of Debian 11',
    occasion: 'preflight',
    fails: 'containerd-version',
    words: /containerd 1\.4\.13/,
    release: 'bookworm',
    ...visibleAfter(containerdOfDebian11),
  },
  {
    what: 'a typing error is in the configuration of containerd, which has not been restarted since',
    occasion: 'doctor',
    fails: 'containerd-config',
    words: /containerd cannot read its configuration.*config\.toml/,
    release: 'bookworm',
    breakIt: node =>
      node.sh(`cp --archive ${containerdConfig} /var/config.toml; echo '[plugins' >>${containerdConfig}`),
    repair: node => node.sh(`mv /var/config.toml ${containerdConfig}`),
  },
  {
    what: 'containerd does not start again for a typing error in its configuration',
    occasion: 'preflight',
    fails: 'containerd-answers',
    words: /and cannot read its configuration.*config\.toml/,
    release: 'trixie',
    breakIt: node =>
      node.sh(
        `cp --archive ${containerdConfig} /var/config.toml; echo '[plugins' >>${containerdConfig}; systemctl restart containerd || true`,
      ),
    repair: node =>
      node.sh(
        `mv /var/config.toml ${containerdConfig}; systemctl reset-failed containerd; systemctl restart containerd`,
      ),
  },
  {
    what: 'ctr is that of Debian 11, whose import has no --platform',
    occasion: 'preflight',
    fails: 'ctr-flags',
    words: /unsupported: ctr images import --platform/,
    release: 'trixie',
    ...visibleAfter(ctrOfDebian11),
  },
  {
    what: 'the disk is so slow that runc does not answer',
    occasion: 'doctor',
    fails: 'runc-runs',
    status: 'warn',
    words: /runc --version: no answer within 10 s.*its disk is slow/,
    release: 'trixie',
    ...visibleAfter(
      `printf '#!/bin/sh\\nexec sleep 60\\n' >/run/slow; chmod 755 /run/slow; mount --bind /run/slow /usr/sbin/runc`,
    ),
  },
  {
    what: 'runc is the program of another architecture',
    occasion: 'preflight',
    fails: 'runc-runs',
    words: new RegExp(`/usr/sbin/runc is for ${foreignArch}`),
    release: 'trixie',
    async breakIt(node) {
      await node.sh('mv /usr/sbin/runc /usr/sbin/runc.away')
      await writeFile(join(node.root, 'usr/sbin/runc'), program(foreignArch), { mode: 0o755 })
    },
    repair: node => node.sh('mv /usr/sbin/runc.away /usr/sbin/runc'),
  },
  {
    what: 'runc is not installed',
    occasion: 'preflight',
    fails: 'runc-runs',
    words: /runc: not found on this machine/,
    release: 'bookworm',
    breakIt: node => node.sh('mv /usr/sbin/runc /usr/sbin/runc.away'),
    repair: node => node.sh('mv /usr/sbin/runc.away /usr/sbin/runc'),
  },
  {
    what: 'a restart of containerd kills all containers',
    occasion: 'doctor',
    fails: 'containerd-restart',
    words: /KillMode=control-group/,
    release: 'bookworm',
    breakIt: node =>
      node.sh(
        `mkdir /etc/systemd/system/containerd.service.d
       printf '[Service]\\nKillMode=control-group\\n' >/etc/systemd/system/containerd.service.d/kill.conf; systemctl daemon-reload`,
      ),
    repair: node => node.sh('rm -r /etc/systemd/system/containerd.service.d; systemctl daemon-reload'),
  },
  {
    what: 'containerd does not start at boot',
    occasion: 'doctor',
    fails: 'containerd-at-boot',
    status: 'warn',
    fixable: true,
    words: /systemctl enable containerd/,
    release: 'trixie',
    breakIt: node => node.sh('systemctl disable containerd'),
    repair: node => node.sh('systemctl enable containerd'),
  },
  {
    what: "Docker's containerd runs beside the other one",
    occasion: 'doctor',
    fails: 'one-containerd',
    status: 'warn',
    words: /\/run\/docker\/containerd\/containerd\.sock/,
    release: 'bookworm',
    async breakIt(node) {
      await node.write('/var/second/config.toml', dockerConfig)
      await node.sh(
        `systemd-run --quiet --unit=second containerd --config /var/second/config.toml
         until ctr --address ${dockerSocket} version; do sleep 0.1; done`,
      )
    },
    repair: node => node.sh('systemctl stop second; rm -r /var/second'),
  },
  {
    what: "containerd's CRI plugin is disabled, as by Docker's package",
    occasion: 'preflight',
    fails: 'cri-plugin',
    words: /disabled_plugins contains \\"cri\\"/,
    release: 'trixie',
    breakIt: node =>
      node.sh(
        `cp ${containerdConfig} /var/config.toml; echo 'disabled_plugins = ["cri"]' >${containerdConfig}; systemctl restart containerd`,
      ),
    repair: node => node.sh(`mv /var/config.toml ${containerdConfig}; systemctl restart containerd`),
  },
  {
    what: "Docker's package disabled the CRI plugin of a node that works",
    occasion: 'doctor',
    fails: 'cri-plugin',
    remedied: true,
    words: /disabled_plugins contains \\"io\.containerd\.grpc\.v1\.cri\\"/,
    release: 'bookworm',
    breakIt: node =>
      node.sh(
        `cp --archive ${containerdConfig} /var/config.toml
         sed -i '1i disabled_plugins = ["io.containerd.grpc.v1.cri", "io.containerd.snapshotter.v1.zfs"]' ${containerdConfig}
         systemctl restart containerd; until edgekit doctor broker-round-trip; do sleep 0.5; done`,
      ),
    // The remedy has restarted containerd.
    repair: node => node.sh(`mv /var/config.toml ${containerdConfig}`),
  },
  {
    what: 'EdgeCore uses another cgroup driver than containerd',
    occasion: 'doctor',
    fails: 'cgroup-driver',
    remedied: true,
    words: /containerd uses cgroupfs, EdgeCore systemd/,
    release: 'bookworm',
    breakIt: node =>
      node.sh(
        `cp --archive ${paths.edgecoreConfig} /var/edgecore.yaml
         sed -i 's/cgroupDriver: .*/cgroupDriver: systemd/' ${paths.edgecoreConfig}
         touch --reference=/var/edgecore.yaml ${paths.edgecoreConfig}`,
      ),
    repair: node => node.sh(`mv /var/edgecore.yaml ${paths.edgecoreConfig}`),
  },
  {
    what: 'containerd is configured with an unavailable sandbox image',
    occasion: 'preflight',
    fails: 'sandbox-image',
    words: /registry\.k8s\.io\/pause:2\.0 is neither in containerd nor in the bundle/,
    release: 'bookworm',
    breakIt: node =>
      node.sh(
        `cp ${containerdConfig} /var/config.toml
         printf 'version = 2\\n[plugins."io.containerd.grpc.v1.cri"]\\nsandbox_image = "registry.k8s.io/pause:2.0"\\n' >${containerdConfig}`,
      ),
    repair: node => node.sh(`mv /var/config.toml ${containerdConfig}`),
  },
  {
    what: 'the sandbox image lost its pin when it was imported by hand',
    occasion: 'doctor',
    fails: 'sandbox-image',
    status: 'warn',
    remedied: true,
    words: /is not pinned.*io\.cri-containerd\.pinned=pinned/,
    release: 'trixie',
    breakIt: node => node.sh(`ctr -n k8s.io images label ${sandboxImage} io.cri-containerd.pinned=`),
    repair: node => node.sh(`ctr -n k8s.io images label ${sandboxImage} io.cri-containerd.pinned=pinned`),
  },
  {
    what: 'the kubelet deleted the sandbox image when the disk was full',
    occasion: 'doctor',
    fails: 'bundle-images',
    remedied: true,
    words: /pause:\S+ is missing from namespace k8s\.io.*\.\/edgekit install/,
    release: 'bookworm',
    breakIt: node => node.sh(`ctr -n k8s.io images rm ${sandboxImage}`),
    repair: async () => undefined,
  },
  {
    what: 'there is no CNI configuration',
    occasion: 'doctor',
    fails: 'cni-config',
    status: 'warn',
    words: /no CNI configuration in \/etc\/cni\/net\.d/,
    release: 'bookworm',
    breakIt: node => node.sh('mv /etc/cni/net.d/10-edge.conflist /etc/cni/net.d/10-edge.away'),
    repair: node => node.sh('mv /etc/cni/net.d/10-edge.away /etc/cni/net.d/10-edge.conflist'),
  },
  {
    what: 'a power cut truncated the CNI configuration',
    occasion: 'doctor',
    fails: 'cni-config',
    status: 'warn',
    words: /\/etc\/cni\/net\.d\/10-edge\.conflist is not a CNI configuration/,
    release: 'trixie',
    breakIt: node =>
      node.sh(
        'cp /etc/cni/net.d/10-edge.conflist /var/cni; truncate --size=60 /etc/cni/net.d/10-edge.conflist',
      ),
    repair: node => node.sh('mv /var/cni /etc/cni/net.d/10-edge.conflist'),
  },
  {
    what: 'a CNI plugin of the configuration is not installed',
    occasion: 'doctor',
    fails: 'cni-config',
    status: 'warn',
    words: /bridge: not in \/usr\/lib\/cni.*apt-get install containernetworking-plugins/,
    release: 'bookworm',
    breakIt: node => node.sh(`mv ${plugins}/bridge /var/bridge`),
    repair: node => node.sh(`mv /var/bridge ${plugins}/bridge`),
  },
  {
    what: "the CNI plugins are in /opt/cni/bin, where Debian's containerd does not look",
    occasion: 'doctor',
    fails: 'cni-config',
    status: 'warn',
    remedied: true,
    words: /bridge, host-local, loopback.*cp -a \/opt\/cni\/bin\/\. \/usr\/lib\/cni\//,
    release: 'trixie',
    breakIt: node => node.sh(`mkdir --parents /opt/cni; mv ${plugins} /opt/cni/bin`),
    repair: node => node.sh('rm --recursive /opt/cni'),
  },
  {
    what: 'a CNI plugin is that of another architecture',
    occasion: 'doctor',
    fails: 'cni-config',
    status: 'warn',
    words: new RegExp(`host-local: ${plugins}/host-local is for ${foreignArch}`),
    release: 'bookworm',
    async breakIt(node) {
      await node.sh(`mv ${plugins}/host-local /var/host-local`)
      await writeFile(join(node.root, plugins, 'host-local'), program(foreignArch))
    },
    repair: node => node.sh(`mv /var/host-local ${plugins}/host-local`),
  },
  {
    what: 'an image of the cloud side was deleted',
    occasion: 'doctor',
    release: 'bookworm',
    role: 'cloud',
    fails: 'bundle-images',
    words: /docker\.io\/kubeedge\/cloudcore:v1\.22\.0 is missing from namespace k8s\.io/,
    breakIt: node => node.sh('ctr -n k8s.io images rm docker.io/kubeedge/cloudcore:v1.22.0'),
  },
  {
    what: 'a power cut truncated an imported layer',
    occasion: 'doctor',
    fails: 'image-content',
    fixable: true,
    words: /eclipse-mosquitto:2\.0: sha256:[0-9a-f]{64} is missing or damaged/,
    release: 'trixie',
    breakIt: node => node.sh(`truncate --size 10 ${content}/$(${layerOf('eclipse-mosquitto')})`),
    repair: healed,
  },
  {
    what: 'a power cut lost a layer of a pause image',
    occasion: 'doctor',
    fails: 'image-content',
    fixable: true,
    words: /pause:3\.6: sha256:[0-9a-f]{64} is missing or damaged/,
    release: 'bookworm',
    breakIt: node => node.sh(`rm ${content}/$(${layerOf('pause:3.6')})`),
    repair: healed,
  },
  {
    what: 'a power cut damaged the UUID of containerd',
    occasion: 'doctor',
    fails: 'containerd-uuid',
    status: 'warn',
    remedied: true,
    words: /io\.containerd\.grpc\.v1\.introspection\/uuid is not a UUID/,
    release: 'bookworm',
    breakIt: node => node.sh(`printf x >${uuid}`),
    repair: healed,
  },
  {
    what: 'a power cut emptied the UUID of containerd',
    occasion: 'doctor',
    fails: 'containerd-uuid',
    status: 'warn',
    fixable: true,
    words: /io\.containerd\.grpc\.v1\.introspection\/uuid is empty/,
    release: 'bookworm',
    breakIt: node => node.sh(`truncate --size 0 ${uuid}`),
    // The broker mends it when it starts.
    repair: node =>
      node.sh(
        `truncate --size 0 ${uuid}; systemctl restart mosquitto; ctr version
         until edgekit doctor edgecore-mqtt --strict; do sleep 0.5; done`,
        { timeoutMs: 60_000 },
      ),
  },
  {
    what: 'a power cut emptied a file of the pause images',
    occasion: 'doctor',
    fails: 'image-content',
    fixable: true,
    words: /pause:3\.10: \/busybox is empty/,
    release: 'bookworm',
    breakIt: node => node.sh(`truncate --size 0 ${snapshots}/*/fs/busybox`),
    repair: healed,
  },
  {
    what: 'a power cut left zeros in a program of the running broker',
    occasion: 'doctor',
    fails: 'image-content',
    fixable: true,
    words: /eclipse-mosquitto:2\.0: \/usr\/bin\/mosquitto_pub is different/,
    release: 'trixie',
    breakIt: node =>
      node.sh(
        `dd if=/dev/zero of=$(ls ${snapshots}/*/fs/usr/bin/mosquitto_pub) bs=4096 count=2 conv=notrunc 2>&1`,
      ),
    // EdgeCore retries every 5 s.
    repair: node => node.sh('until edgekit doctor; do sleep 0.5; done'),
  },
  {
    what: 'ctr was killed and the cleanup after it is broken: the broker runs without its unit',
    occasion: 'doctor',
    fails: 'orphan-broker',
    words: /the container mosquitto runs \(pid \d+\), but mosquitto\.service is \w+/,
    release: 'bookworm',
    breakIt: node =>
      node.sh(
        `printf '#!/bin/sh\\n' >${paths.cleanBroker}; systemctl kill --signal=KILL --kill-whom=main mosquitto; systemctl stop mosquitto`,
      ),
  },
  {
    what: 'a container of an earlier broker is left without a task',
    occasion: 'doctor',
    fails: 'stale-container',
    fixable: true,
    words: /a container and a snapshot named mosquitto/,
    release: 'trixie',
    breakIt: node =>
      node.sh(
        'systemctl stop mosquitto; ctr -n k8s.io containers create docker.io/library/eclipse-mosquitto:2.0 mosquitto',
      ),
    // EdgeCore retries every 5 s.
    repair: node => node.sh('systemctl start mosquitto; until edgekit doctor; do sleep 0.5; done'),
  },
]
