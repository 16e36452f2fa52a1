import { createHash } from 'node:crypto'
import { join } from 'node:path'
import { EdgekitError, messageOf } from '../lib/errors.ts'
import type { Files } from '../node/files.ts'
import type { Bundle, Head, UnpackedBundle } from './bundle.ts'
import { damagedBundle } from './damaged.ts'
import { manifestName, parseManifest, signatureName } from './manifest.ts'
import { judgeSignature } from './signature.ts'
import { compareWithManifest, differenceOf } from './verify-unpacked.ts'

/** The bundle that was unpacked into a directory. */
export function unpackedBundle(directory: string, files: Files): Bundle {
  return {
    name: directory,
    packedSizes: [],
    head: () => readHead(directory, files),
    async text(member) {
      const { manifest } = await readHead(directory, files)
      const file = manifest.files.find(({ path }) => path === member)
      const difference = file && (await differenceOf(directory, file, files))
      if (difference?.kind === 'content') throw damagedBundle(directory, [difference.text])
      return file && (await files.read(join(directory, member)))
    },
    async verify(keys) {
      const head = await readHead(directory, files)
      const verdict = judgeSignature(head, keys, directory)
      const bundle = describeUnpacked(directory, head)
      const differences = await compareWithManifest(bundle, files)
      return { manifest: head.manifest, ...verdict, problems: differences.map(({ text }) => text) }
    },
    async open(keys) {
      const head = await readHead(directory, files)
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

async function readHead(directory: string, files: Files): Promise<Head> {
  const path = join(directory, manifestName)
  const bytes = await files.bytes(path).catch(error => {
    throw new EdgekitError(`cannot read ${path}: ${messageOf(error)}`, {
      code: 'permission-denied',
      remedy: 'Run edgekit as root:\n  sudo ./edgekit install',
      cause: error,
    })
  })
  if (bytes === undefined) {
    throw new EdgekitError(`cannot find a bundle in ${directory}: it does not contain ${manifestName}`, {
      code: 'bundle-not-found',
      remedy: 'Name the directory a bundle was unpacked into.',
    })
  }
  const signature = await files.read(join(directory, signatureName))
  const buffer = Buffer.from(bytes)
  try {
    return { manifest: parseManifest(buffer.toString()), bytes: buffer, signature }
  } catch (error) {
    throw damagedBundle(directory, [`${manifestName}: ${messageOf(error)}`])
  }
}
