import { mkdir, rm, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { cached } from '../cache.ts'
import { sh } from '../shell.ts'

export type Release = 'bookworm' | 'trixie'
export const releases: readonly Release[] = ['bookworm', 'trixie']

/** The rows of a table to run on this release: each row runs on one release, where the release hardly matters. */
export const inTurn = <Row>(rows: readonly Row[], release: Release): Row[] =>
  rows.filter((_, index) => releases[index % releases.length] === release)

/** Packages of a plain edge node. No Node.js, openssl or Python that edgekit could depend on by accident. */
const packages = [
  'systemd',
  'systemd-sysv',
  'dbus',
  'containerd',
  'runc',
  'containernetworking-plugins',
  'iproute2',
  'procps',
]

/** Units that would change the host, because the kernel is shared. */
const reachesHost = [
  'systemd-sysctl.service',
  'systemd-modules-load.service',
  'systemd-binfmt.service',
  'proc-sys-fs-binfmt_misc.automount',
  'sys-fs-fuse-connections.mount',
  'sys-kernel-config.mount',
  'sys-kernel-debug.mount',
  'sys-kernel-tracing.mount',
  'systemd-journald-audit.socket',
  'systemd-pstore.service',
  'kmod-static-nodes.service',
]

/** Units without hardware or purpose in a node that lives for a minute. */
const pointless = [
  'console-getty.service',
  'getty.target',
  'systemd-firstboot.service',
  'ldconfig.service',
  'apt-daily.timer',
  'apt-daily-upgrade.timer',
  'dpkg-db-backup.timer',
  'e2scrub_all.timer',
  'e2scrub_reap.service',
  'fstrim.timer',
]

const files: Record<string, string> = {
  '/etc/resolv.conf': 'nameserver 127.0.0.1\n',
  '/etc/machine-id': '',
}

/** The read-only root tree of a release as its packages leave it; nodes boot an overlay over it. */
export function pristineTree(release: Release): Promise<string> {
  const masked = [...reachesHost, ...pointless]
  const inputs = [
    release,
    process.arch,
    ...packages,
    JSON.stringify(masked),
    JSON.stringify(files),
    'recipe 1',
  ]
  return cached(`tree-${release}`, inputs, async directory => {
    const apt = ['Acquire::Languages "none"', 'Acquire::Retries "3"'].map(option => `--aptopt=${option}`)
    const excluded = ['man', 'locale', 'doc', 'info'].map(
      name => `--dpkgopt=path-exclude=/usr/share/${name}/*`,
    )
    const included = `--include=${packages.join(',')}`
    await sh`mmdebstrap --quiet --variant=minbase ${included} ${apt} ${excluded} ${release} ${directory}`
    const units = join(directory, 'etc/systemd/system')
    await mkdir(units, { recursive: true })
    for (const unit of masked) await symlink('/dev/null', join(units, unit))
    for (const [path, text] of Object.entries(files)) {
      await rm(join(directory, path), { force: true })
      await writeFile(join(directory, path), text, { mode: 0o644 })
    }
  })
}
