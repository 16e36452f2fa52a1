import { mkdir, rm } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { formatBytes, plural } from '../lib/format.ts'
import { imageContents } from '../oci/layer/image-contents.ts'
import type { BuildOptions } from './build-options.ts'
import type { BundleParts } from './bundle-parts.ts'
import { type BundleFile, bundleFiles } from './definition/inputs.ts'
import { takeFile } from './fetch/take-file.ts'
import { lockDigest } from './lock/lock.ts'
import { executableNotices, formatNotices } from './notices.ts'
import { type BundleImage, imageMember, manifestImage } from './pack/bundle-image.ts'
import { cksum } from './pack/cksum.ts'
import { edgekitExecutableFor } from './pack/edgekit-executable.ts'
import { imageArchivePaths } from './pack/image-archive-paths.ts'
import type { PayloadMember } from './pack/payload-member.ts'
import { textMembers } from './pack/text-members.ts'
import { type WrittenBundle, writeBundle } from './pack/write-bundle.ts'

/** Assemble the bundle of one architecture. Throws EdgekitError. */
export async function assembleBundle(options: BuildOptions, parts: BundleParts): Promise<WrittenBundle> {
  const { definition, edgekitVersion, outputDirectory, runStep, signal } = options
  const { arch, lock, executable, packer, imageOf } = parts
  const { store } = options.images
  const work = join(parts.workDirectory, arch)
  await mkdir(work)
  const name = `kubeedge-${definition.role}`
  const path = join(outputDirectory, `${name}-${definition.kubeedge}-${arch}.tar.gz`)
  const files = bundleFiles(definition, arch)
  const archives = imageArchivePaths(definition.images.map(({ reference }) => reference))
  const imageMembers = await Promise.all(
    [...archives].map(async ([reference, archive]) =>
      packer.hash(await imageMember({ archive, pulled: imageOf(reference) }, store)),
    ),
  )
  const fileMembers = await runStep(`Take ${files.map(shown).join(', ')} for ${arch}`, async () => {
    const members: PayloadMember[] = []
    for (const [index, file] of files.entries()) {
      signal.throwIfAborted()
      const taken = await takeFile(file, join(work, `file-${index}`), options, parts)
      members.push(...taken.map(member => packer.pack(member)))
    }
    return members
  })
  const images = await runStep(`Inspect ${plural(archives.size, 'image')} for ${arch}`, async note => {
    const images: BundleImage[] = []
    for (const [reference, archive] of archives) {
      signal.throwIfAborted()
      const pulled = imageOf(reference)
      images.push({ reference, archive, pulled, contents: await imageContents(pulled, store) })
    }
    const count = images.reduce((sum, { contents }) => sum + contents.packages.packages.length, 0)
    note(plural(count, 'package'))
    return images
  })
  const written = await runStep(`Write ${basename(path)}`, async note => {
    const described = images.map(manifestImage)
    const texts = textMembers({
      definition,
      arch,
      edgekitVersion,
      images: described,
      lock,
      licenses: formatNotices(executableNotices()),
      executableCksum: await cksum(edgekitExecutableFor(arch)),
    })
    const written = await writeBundle(
      {
        description: {
          schemaVersion: 1,
          name,
          role: definition.role,
          kubeedgeVersion: definition.kubeedge,
          arch,
          edgekitVersion,
          lockDigest: lockDigest(lock),
          broker: {
            image: definition.broker,
            ...(definition.autosaveInterval && { autosaveInterval: definition.autosaveInterval }),
          },
          images: described,
        },
        // edgekit comes first: a truncated bundle lacks its end, and edgekit can report that.
        payload: [...texts, executable, ...fileMembers, ...imageMembers],
        packages: new Map(images.map(({ reference, contents }) => [reference, contents.packages])),
      },
      { path, workDirectory: work },
      options,
    )
    note(formatBytes(written.size))
    return written
  })
  await rm(work, { recursive: true })
  return written
}

const shown = ({ path, content }: BundleFile): string =>
  content === 'programs' ? `${path}/*` : basename(path)
