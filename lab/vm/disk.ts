import { mkdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { bundleLayer } from '../bundles/bundle.ts'
import { nextLayer } from '../bundles/next-bundle.ts'
import { cached } from '../cache.ts'
import { crashLayer } from '../crash/executable.ts'
import { writeRegistration } from '../edgecore/database.ts'
import { writeCertificates } from '../machine/certificates.ts'
import { sh } from '../shell.ts'
import { checkpointPrograms } from './checkpoints.ts'
import { hostName, type VmRelease, vmTree } from './tree.ts'

/**
 * The disk of a joined node as a raw image, with the lab's bundle in /root/bundle, one to upgrade to in /root/next, an
 * edgekit in /root/crash with a checkpoint after each change, and checkpoints in the programs that it runs.
 */
export async function vmDisk(release: VmRelease): Promise<string> {
  const { root } = await vmTree(release)
  const layers = [await crashLayer(), await bundleLayer(), await nextLayer(), root]
  const inputs = [...layers, JSON.stringify(checkpointPrograms)]
  const directory = await cached(`vm-disk-${release}`, inputs, async output => {
    const [all, upper, work] = ['all', 'upper', 'work'].map(name => join(output, name)) as [
      string,
      string,
      string,
    ]
    for (const path of [all, upper, work]) await mkdir(path)
    const image = join(output, 'disk.img')
    await sh`mount -t overlay overlay -o ${`lowerdir=${layers.join(':')},upperdir=${upper},workdir=${work}`} ${all}`
    try {
      await writeCertificates(all, hostName)
      writeRegistration(join(all, 'var/lib/kubeedge/edgecore.db'), hostName)
      for (const [path, text] of Object.entries(checkpointPrograms))
        await writeFile(join(all, path), text, { mode: 0o755 })
      await sh`truncate -s 4G ${image}`
      // With a journal, as an installer makes it.
      await sh`mkfs.ext4 -q -d ${all} ${image}`
    } finally {
      await sh`umount ${all}`
    }
    for (const path of [all, upper, work]) await rm(path, { recursive: true })
  })
  return join(directory, 'disk.img')
}
