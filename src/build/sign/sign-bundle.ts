import { createPublicKey, type KeyObject } from 'node:crypto'
import { realpath } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import type { Bundle } from '../../bundle/bundle.ts'
import { damagedBundle } from '../../bundle/damaged.ts'
import { type Manifest, signatureName } from '../../bundle/manifest.ts'
import { type HeadBounds, headBounds } from '../../bundle/packed/head-bounds.ts'
import { bytesOf, type PackedFiles } from '../../bundle/packed/packed-files.ts'
import { packedBundle } from '../../bundle/packed-bundle.ts'
import { EdgekitError } from '../../lib/errors.ts'
import { localFiles } from '../../node/files.ts'
import { tarMember } from '../../tar/write.ts'
import { writeGzip } from '../pack/gzip.ts'
import { type Packed, publish } from '../pack/publish.ts'
import { makeWorkDirectory } from '../work-directory.ts'
import { writingFailure } from '../writing-failure.ts'
import { sign } from './sign.ts'

export interface SignOptions {
  /** The private key, or the text of a `bundle.json.sig` that was made elsewhere. */
  by: KeyObject | string
  /** Created if missing; not the directory of the bundle. */
  outputDirectory: string
  signal: AbortSignal
}

export interface SignedBundle extends Packed {
  manifest: Manifest
}

/**
 * Write a signed copy of a packed bundle: the same bytes with another signature, in parts of the same size if it is in parts.
 * The bundle is verified first, and the copy before it appears under its name. Throws EdgekitError, and the reason of `signal`.
 */
export async function signBundle(
  bundle: Bundle,
  { by, outputDirectory, signal }: SignOptions,
): Promise<SignedBundle> {
  const { name, packed } = bundle
  if (packed === undefined) throw unpacked(name)
  const { problems } = await bundle.verify([])
  if (problems.length > 0) throw damagedBundle(name, problems)
  const head = await bundle.head()
  const bounds = await headBounds(packed, head)
  const signature = Buffer.from(typeof by === 'string' ? by : await sign(head.bytes, by))
  const work = await makeWorkDirectory(outputDirectory)
  try {
    await requireElsewhere(name, outputDirectory)
    const isSplit = packed.files[0]?.path !== name
    const target = {
      path: join(outputDirectory, basename(name)),
      workDirectory: work.path,
      partSize: isSplit ? packed.files[0]?.size : undefined,
    }
    const written = await publish(
      target,
      write => writeSigned(packed, bounds, signature, write, signal),
      ([first = '']) => requireSigned(name, first, by),
    )
    return { manifest: head.manifest, ...written }
  } catch (error) {
    signal.throwIfAborted()
    throw writingFailure(
      error,
      outputDirectory,
      'Free some space, or name a directory on a larger disk with --output.',
    )
  } finally {
    await work.remove()
  }
}

async function writeSigned(
  packed: PackedFiles,
  { manifestEnd, payload, time }: HeadBounds,
  source: Buffer,
  write: (bytes: Buffer) => Promise<void>,
  signal: AbortSignal,
): Promise<void> {
  const member = { path: signatureName, mode: 0o644, size: source.length, source } as const
  let offset = 0
  for await (const bytes of bytesOf(packed)) {
    signal.throwIfAborted()
    const end = offset + bytes.length
    await write(bytes.subarray(0, Math.max(0, manifestEnd - offset)))
    if (offset < manifestEnd && manifestEnd <= end)
      await writeGzip(tarMember(member, new Date(time * 1000)), { concurrency: 1, write, signal })
    await write(bytes.subarray(Math.max(0, payload - offset)))
    offset = end
  }
}

/** Others may be able to change the bundle while it is read. */
async function requireSigned(name: string, path: string, by: KeyObject | string): Promise<void> {
  const keys = typeof by === 'string' ? [] : [{ name: 'the key', key: createPublicKey(by) }]
  const { problems } = await packedBundle(path, localFiles()).verify(keys)
  if (problems.length > 0) throw damagedBundle(name, ['it changed while it was signed'])
}

/** A kill between two renames would leave parts of two bundles, and no bundle. */
async function requireElsewhere(name: string, outputDirectory: string): Promise<void> {
  if ((await realpath(dirname(name))) !== (await realpath(outputDirectory))) return
  throw new EdgekitError(`cannot write the signed bundle to ${outputDirectory}: ${basename(name)} is there`, {
    code: 'invalid-usage',
    remedy: 'Name another directory with --output.',
  })
}

const unpacked = (name: string): EdgekitError =>
  new EdgekitError(`cannot sign ${name}: it is unpacked`, {
    code: 'not-a-bundle',
    remedy: 'Name the .tar.gz as edgekit bundle wrote it, or one of its parts.',
  })
