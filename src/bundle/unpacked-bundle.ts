import { createHash } from 'node:crypto'
import { join } from 'node:path'
import { EdgekitError, messageOf } from '../lib/errors.ts'
import { readRegular } from '../lib/files/regular-file.ts'
import type { Files } from '../node/files.ts'
import type { Bundle, Head, UnpackedBundle } from './bundle.ts'
import { damagedBundle } from './damaged.ts'
import { headLimits, manifestName, parseManifest, signatureName } from './manifest.ts'
import { memberText } from './members.ts'
import { judgeSignature } from './signature.ts'
import { compareWithManifest } from './verify-unpacked.ts'

/** The bundle that was unpacked into a directory. */
export function unpackedBundle(directory: string, files: Files): Bundle {
  return {
    name: directory,
    packed: undefined,
    head: () => readHead(directory),
    async text(member) {
      const { manifest } = await readHead(directory)
      const isListed = manifest.files.some(({ path }) => path === member)
      return isListed ? memberText({ directory, manifest }, member) : undefined
    },
    async verify(keys) {
      const head = await readHead(directory)
      const verdict = judgeSignature(head, keys, directory)
      const bundle = describeUnpacked(directory, head)
      const differences = await compareWithManifest(bundle, files)
      return { manifest: head.manifest, ...verdict, problems: differences.map(({ text }) => text) }
    },
    async open(keys) {
      const head = await readHead(directory)
      judgeSignature(head, keys, directory)
      return { ...describeUnpacked(directory, head), async [Symbol.asyncDispose]() {} }
    },
  }
}

export const describeUnpacked = (directory: string, { manifest, bytes }: Head): UnpackedBundle => ({
  directory,
  manifest,
  manifestSha256: createHash('sha256').update(bytes).digest('hex'),
})

async function readHead(directory: string): Promise<Head> {
  const bytes = await readLimited(directory, manifestName)
  if (bytes === undefined) {
    throw new EdgekitError(`cannot find a bundle in ${directory}: it does not contain ${manifestName}`, {
      code: 'bundle-not-found',
      remedy: 'Name the directory a bundle was unpacked into.',
    })
  }
  const signature = (await readLimited(directory, signatureName))?.toString()
  try {
    return { manifest: parseManifest(bytes.toString()), bytes, signature }
  } catch (error) {
    throw damagedBundle(directory, [`${manifestName}: ${messageOf(error)}`])
  }
}

/** The bytes of a file that a bundle begins with; undefined when it does not exist. */
async function readLimited(directory: string, name: keyof typeof headLimits): Promise<Buffer | undefined> {
  try {
    return await readRegular(join(directory, name), headLimits[name])
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'ENOENT') return undefined
    if (code !== 'EACCES') throw damagedBundle(directory, [`${name} cannot be read: ${messageOf(error)}`])
    throw new EdgekitError(`cannot read ${join(directory, name)}: ${messageOf(error)}`, {
      code: 'permission-denied',
      remedy: 'Run edgekit as root:\n  sudo ./edgekit install',
      cause: error,
    })
  }
}
