import { mkdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { execa } from 'execa'

export const rootOf = (directory: string): string => join(directory, 'root')

/** What is on a node's disk before its first start. */
export interface Disk {
  /** Root trees, the uppermost first. */
  layers: string[]
  /** What is in /var/lib/containerd; nothing unless given. */
  containerd?: string
}

/**
 * The node's disk: what it writes lies over its layers. containerd keeps its own overlays in /var/lib/containerd,
 * which the kernel refuses on top of an overlay, so that is a plain directory.
 */
export async function mountDisk(disk: Disk, directory: string): Promise<void> {
  const [root, upper, work, containerd] = [
    rootOf(directory),
    ...['upper', 'work', 'containerd'].map(at => join(directory, at)),
  ]
  for (const path of [root, upper, work, containerd]) await mkdir(path as string, { recursive: true })
  const options = `lowerdir=${disk.layers.join(':')},upperdir=${upper},workdir=${work}`
  await execa('mount', ['-t', 'overlay', 'overlay', '-o', options, root])
  if (disk.containerd !== undefined) {
    await execa('cp', ['--archive', '--no-target-directory', disk.containerd, containerd as string])
  }
  const target = join(root, 'var/lib/containerd')
  await mkdir(target, { recursive: true })
  await execa('mount', ['--bind', containerd as string, target])
}

/** The mount points at and below a directory, in the order in which they were mounted. */
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
    for (const point of mounts.toReversed()) results.push(await execa('umount', [point], { reject: false }))
    if (Date.now() > deadline)
      throw new Error(`cannot unmount: ${results.map(result => result.stderr).join('; ')}`)
    if (results.some(result => result.failed)) await sleep(50)
  }
}
