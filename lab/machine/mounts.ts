import { mkdir, readFile, rename, rmdir, truncate, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { sh } from '../shell.ts'

export const rootOf = (directory: string): string => join(directory, 'root')

/** The content of a node's disk before its first boot. */
export interface Disk {
  /** Root trees, uppermost first. */
  layers: string[]
  /** A disk image to start from, as `makeImage` makes it; an empty one by default. */
  image?: string
}

/** The directory with what a node has written. The node must be off. */
export const writtenBy = (directory: string, what: 'upper' | 'containerd'): string =>
  join(directory, 'disk', what)

const diskOf = (directory: string): string => join(directory, 'disk')
const imageOf = (directory: string): string => `${diskOf(directory)}.img`

/**
 * Make a sparse disk image with a directory for what a node writes, and one for its /var/lib/containerd, whose content is
 * copied from `containerd`. It has a journal, as an installer makes it.
 */
export async function makeImage(file: string, containerd?: string): Promise<void> {
  await writeFile(file, '')
  await truncate(file, 16 * 2 ** 30)
  await sh`mkfs.ext4 -q -J size=16 -E lazy_itable_init=1,lazy_journal_init=1,nodiscard ${file}`
  const content = `${file}.content`
  await mkdir(content)
  await mountImage(file, content)
  try {
    for (const what of ['upper', 'work', 'containerd']) await mkdir(join(content, what))
    if (containerd !== undefined)
      await sh`cp --archive --no-target-directory ${containerd} ${join(content, 'containerd')}`
  } finally {
    await sh`umount ${content}`
  }
  await rmdir(content)
}

const mountImage = (file: string, at: string) => sh`mount -o loop,noinit_itable ${file} ${at}`

/** Create and mount a separate disk for what a node writes, so that the kubelet does not measure the host's disk. */
export async function createDisk(disk: Disk, directory: string): Promise<void> {
  if (disk.image === undefined) await makeImage(imageOf(directory))
  else await sh`cp ${disk.image} ${imageOf(directory)}`
  await mountDisk(disk, directory)
}

/**
 * Mount the node's disk as an overlay over its layers. /var/lib/containerd is a plain directory, because the kernel
 * rejects containerd's overlays on top of an overlay.
 */
async function mountDisk({ layers }: Disk, directory: string): Promise<void> {
  const root = rootOf(directory)
  for (const path of [diskOf(directory), root]) await mkdir(path, { recursive: true })
  await mountImage(imageOf(directory), diskOf(directory))
  const [upper, work] = [writtenBy(directory, 'upper'), join(diskOf(directory), 'work')]
  await sh`mount -t overlay overlay -o ${`lowerdir=${layers.join(':')},upperdir=${upper},workdir=${work}`} ${root}`
  const target = join(root, 'var/lib/containerd')
  await mkdir(target, { recursive: true })
  await sh`mount --bind ${writtenBy(directory, 'containerd')} ${target}`
}

/** Write to the disk what is in memory. */
export const syncDisk = (directory: string) => sh`sync --file-system ${diskOf(directory)}`

/** Linux: EXT4_IOC_SHUTDOWN, and EXT4_GOING_FLAGS_NOLOGFLUSH (fs/ext4/ext4.h, fs/ext4/ioctl.c). */
const cutOff =
  'open my $disk, "<", shift; my $how = pack "L", 2; ioctl $disk, 0x8004587d, $how or die "ioctl: $!\\n"'

/** Cut the disk off: nothing else is written to it, and what was only in memory is lost. */
export const cutOffDisk = (directory: string) => sh`perl -e ${cutOff} ${diskOf(directory)}`

/**
 * Mount a disk that was cut off as after a boot. It is a copy: mounts of the old one can remain in the mount namespaces of
 * other nodes.
 */
export async function remountDisk(disk: Disk, directory: string): Promise<void> {
  await unmountAll(directory)
  const image = imageOf(directory)
  await sh`cp ${image} ${image}.copy`
  await rename(`${image}.copy`, image)
  await mountDisk(disk, directory)
}

/** Mount points at and below a directory, in mount order. */
export async function mountsIn(directory: string): Promise<string[]> {
  const points = (await readFile('/proc/self/mountinfo', 'utf8'))
    .split('\n')
    .map(line => line.split(' ')[4] ?? '')
  return points.filter(point => `${point}/`.startsWith(`${directory}/`))
}

export async function unmountAll(directory: string, timeoutMs = 10_000): Promise<void> {
  const deadline = Date.now() + timeoutMs
  for (;;) {
    const mounts = await mountsIn(directory)
    if (mounts.length === 0) return
    const results = []
    for (const point of mounts.toReversed()) results.push(await sh`umount ${point}`.nothrow())
    if (Date.now() > deadline)
      throw new Error(`cannot unmount: ${results.map(result => result.stderr).join('; ')}`)
    if (results.some(result => !result.ok)) await sleep(50)
  }
}
