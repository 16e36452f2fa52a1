import { mkdir, rm, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { cached } from '../cache.ts'
import { sh } from '../shell.ts'

export type Release = 'bookworm' | 'trixie'
export const releases: readonly Release[] = ['bookworm', 'trixie']

/** Of the rows of a table those that are tried on this release: each on one of them, where the release hardly matters. */
export const inTurn = <Row>(rows: readonly Row[], release: Release): Row[] =>
  rows.filter((_, index) => releases[index % releases.length] === release)

/** What a plain edge node has. Nothing edgekit could lean on by accident: no Node.js, no openssl, no Python. */
const packages = ['systemd', 'systemd-sysv', 'dbus', 'containerd', 'runc', 'iproute2', 'procps']

/** Reaches the host, because the kernel is shared: settings, modules, binary formats, file systems, the audit log. */
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

/** Has no hardware or no point in a node that lives for a minute, and would start in the middle of a test. */
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

/** A root tree of the release as its packages leave it, made once and never written again: nodes boot an overlay of it. */
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
