import { copyFile, mkdir, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { cached } from '../cache.ts'
import { podNetwork } from '../machine/node.ts'
import { type Release, releases } from '../machine/tree.ts'
import { sh } from '../shell.ts'

/** A plain edge node with its own kernel, and the agent through which the lab runs commands. */
const packages = [
  'linux-image-amd64',
  'initramfs-tools',
  'systemd',
  'systemd-sysv',
  'dbus',
  'udev',
  'containerd',
  'runc',
  'iproute2',
  'procps',
  'kmod',
  'e2fsprogs',
  'qemu-guest-agent',
]

/** Kernel modules of the initial RAM disk: with all of them it takes minutes to make, and seconds to unpack. */
const modules = ['virtio_pci', 'virtio_blk', 'ext4']

export const hostName = 'edge-vm'

const files: Record<string, string> = {
  '/etc/resolv.conf': 'nameserver 127.0.0.1\n',
  '/etc/machine-id': '',
  '/etc/fstab': '/dev/vda / ext4 defaults 0 1\n',
  '/etc/hostname': `${hostName}\n`,
  '/etc/hosts': `127.0.0.1 localhost\n127.0.1.1 ${hostName}\n`,
  '/etc/systemd/network/80-lan.network': '[Match]\nType=ether\n\n[Network]\nDHCP=yes\n',
  '/etc/cni/net.d/10-edge.conflist': podNetwork,
  // The clock is the host's.
  '/etc/tmpfiles.d/lab.conf': 'd /run/systemd/timesync\nf /run/systemd/timesync/synchronized\n',
}

/** What would disturb a node that lives for minutes on an emulated processor. */
const masked = [
  'apt-daily.timer',
  'apt-daily-upgrade.timer',
  'e2scrub_all.timer',
  'fstrim.timer',
  'man-db.timer',
]

/** Those of the lab, and Debian testing, whose systemd needs the control groups of version 2 that only a machine has. */
export type VmRelease = Release | 'forky'
export const vmReleases: readonly VmRelease[] = [...releases, 'forky']

export interface VmTree {
  /** The root directory of the machine. */
  root: string
  /** An uncompressed kernel, which an emulated processor would unpack for a long time. */
  kernel: string
  initrd: string
}

/** The root tree of a machine, as its packages leave it, with its kernel. */
export async function vmTree(release: VmRelease): Promise<VmTree> {
  const inputs = [release, ...packages, ...modules, JSON.stringify([files, masked]), 'recipe 1']
  const directory = await cached(`vm-tree-${release}`, inputs, async output => {
    const root = join(output, 'root')
    const settings = join(output, 'settings')
    await mkdir(join(settings, 'etc/initramfs-tools/conf.d'), { recursive: true })
    await writeFile(join(settings, 'etc/initramfs-tools/conf.d/lab'), 'MODULES=list\nCOMPRESS=gzip\n')
    await writeFile(join(settings, 'etc/initramfs-tools/modules'), `${modules.join('\n')}\n`)
    // The list of testing expires within a week, and a mirror may be older.
    const apt = [
      'Acquire::Languages "none"',
      'Acquire::Retries "3"',
      ...(release === 'forky' ? ['Acquire::Check-Valid-Until "false"'] : []),
    ].map(option => `--aptopt=${option}`)
    const excluded = ['man', 'locale', 'doc', 'info'].map(
      name => `--dpkgopt=path-exclude=/usr/share/${name}/*`,
    )
    const included = `--include=${packages.join(',')}`
    // Before the packages: they make the initial RAM disk.
    const early = `--essential-hook=cp -r ${settings}/. "$1"`
    await sh`mmdebstrap --quiet --variant=minbase ${included} ${early} ${apt} ${excluded} ${release} ${root}`
    for (const unit of masked) await symlink('/dev/null', join(root, 'etc/systemd/system', unit))
    for (const [path, text] of Object.entries(files)) {
      await rm(join(root, path), { force: true })
      await mkdir(join(root, path, '..'), { recursive: true })
      await writeFile(join(root, path), text)
    }
    await sh`chroot ${root} systemctl enable systemd-networkd`
    await takeKernel(root, output)
    await rm(settings, { recursive: true })
  })
  return {
    root: join(directory, 'root'),
    kernel: join(directory, 'vmlinux'),
    initrd: join(directory, 'initrd'),
  }
}

async function takeKernel(root: string, output: string): Promise<void> {
  const names = await readdir(join(root, 'boot'))
  const named = (prefix: string): string =>
    join(root, 'boot', names.find(name => name.startsWith(prefix)) ?? `${prefix} is missing`)
  await copyFile(named('initrd.img-'), join(output, 'initrd'))
  const packed = join(output, 'packed')
  const payload = kernelPayload(await readFile(named('vmlinuz-')))
  await writeFile(packed, payload)
  const unpack = payload.readUInt32LE() === 0xfd2fb528 ? 'zstd' : 'xz'
  // The size of the unpacked kernel follows, which xz calls garbage after it has unpacked everything.
  await sh`{ ${unpack} -dc < ${packed} || true; } > ${join(output, 'vmlinux')}`
  await rm(packed)
}

/** The compressed kernel in an image for boot loaders (linux, Documentation/arch/x86/boot.rst). */
function kernelPayload(image: Buffer): Buffer {
  const start = (image.readUInt8(0x1f1) + 1) * 512 + image.readUInt32LE(0x248)
  return image.subarray(start, start + image.readUInt32LE(0x24c))
}
