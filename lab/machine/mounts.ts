import { mkdir, readFile, truncate, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { sh } from '../shell.ts'

export const rootOf = (directory: string): string => join(directory, 'root')

/** The content of a node's disk before its first boot. */
export interface Disk {
  /** Root trees, uppermost first. */
  layers: string[]
  /** The content of /var/lib/containerd; empty by default. */
  containerd?: string
}

/** The directory with what a node has written. The node must be off. */
export const writtenBy = (directory: string, what: 'upper' | 'containerd'): string =>
  join(directory, 'disk', what)

/**
 * Mount a separate sparse disk for what a node writes, so that the kubelet does not measure the host's disk.
 */
async function mountOwnDisk(directory: string): Promise<void> {
  const [file, disk] = [join(directory, 'disk.img'), join(directory, 'disk')]
  await mkdir(disk, { recursive: true })
  await writeFile(file, '')
  await truncate(file, 16 * 2 ** 30)
  await sh`mkfs.ext4 -q -O ${'^has_journal'} -E lazy_itable_init=1,nodiscard ${file}`
  await sh`mount -o loop,noinit_itable ${file} ${disk}`
}

/**
 * Mount the node's disk as an overlay over its layers. /var/lib/containerd is a plain directory, because the kernel
 * rejects containerd's overlays on top of an overlay.
 */
export async function mountDisk(disk: Disk, directory: string): Promise<void> {
  await mountOwnDisk(directory)
  const root = rootOf(directory)
  const upper = writtenBy(directory, 'upper')
  const containerd = writtenBy(directory, 'containerd')
  const work = join(directory, 'disk/work')
  for (const path of [root, upper, work, containerd]) await mkdir(path, { recursive: true })
  const options = `lowerdir=${disk.layers.join(':')},upperdir=${upper},workdir=${work}`
  await sh`mount -t overlay overlay -o ${options} ${root}`
  if (disk.containerd !== undefined) {
    await sh`cp --archive --no-target-directory ${disk.containerd} ${containerd}`
  }
  const target = join(root, 'var/lib/containerd')
  await mkdir(target, { recursive: true })
  await sh`mount --bind ${containerd} ${target}`
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
