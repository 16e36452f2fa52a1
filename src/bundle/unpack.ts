import { closeSync, fchmodSync, mkdirSync, openSync, writeSync } from 'node:fs'
import { statfs, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { EdgekitError, messageOf } from '../lib/errors.ts'
import { storageFailure } from '../lib/files/storage-failure.ts'
import { formatBytes } from '../lib/format.ts'
import type { Files } from '../node/files.ts'
import type { Head, OpenBundle } from './bundle.ts'
import { damagedBundle } from './damaged.ts'
import { type ManifestFile, manifestName, signatureName } from './manifest.ts'
import type { PackedFiles } from './packed/packed-files.ts'
import { readPacked } from './packed/read-packed.ts'
import { privateDirectory, temporary } from './private-directory.ts'
import { judgeSignature, type TrustedKey } from './signature.ts'
import { describeUnpacked } from './unpacked-bundle.ts'

/**
 * Unpack a bundle into a temporary directory that only this user can enter; disposing of the result removes it. The first
 * difference from the manifest ends it, and with `keys` one of them must have signed the bundle, or nothing is unpacked.
 * Only files that the manifest lists are written. `files` has their hashes afterwards. Throws EdgekitError.
 */
export async function unpack(
  packed: PackedFiles,
  keys: readonly TrustedKey[],
  files: Files,
): Promise<OpenBundle> {
  await using cleanup = new AsyncDisposableStack()
  const { path: directory } = cleanup.use(await privateDirectory())
  const head = await unpackInto(directory, packed, keys).catch(error => {
    throw isStorageFailure(error) ? cannotUnpack(packed.name, error) : error
  })
  for (const { path, sha256 } of head.manifest.files) await files.rememberHash(join(directory, path), sha256)
  const opened = cleanup.move()
  return { ...describeUnpacked(directory, head), [Symbol.asyncDispose]: () => opened.disposeAsync() }
}

async function unpackInto(
  directory: string,
  packed: PackedFiles,
  keys: readonly TrustedKey[],
): Promise<Head> {
  const { bavail, bsize } = await statfs(directory)
  let write: OpenFile | undefined
  try {
    const head = await readPacked(packed, {
      head(head) {
        judgeSignature(head, keys, packed.name)
        const needed = head.manifest.files.reduce((sum, { size }) => sum + size, 0)
        if (needed > bavail * bsize) throw noSpace(packed.name, needed, bavail * bsize)
        return head
      },
      file(file) {
        write = openFile(directory, file)
        return write
      },
      problem(text) {
        throw damagedBundle(packed.name, [text])
      },
    })
    await writeFile(join(directory, manifestName), head.bytes)
    if (head.signature !== undefined) await writeFile(join(directory, signatureName), head.signature)
    return head
  } finally {
    write?.close()
  }
}

interface OpenFile {
  data(bytes: Buffer): void
  end(): void
  close(): void
}

/** Writes synchronously, because the archive is read by callbacks. */
function openFile(directory: string, { path, mode }: ManifestFile): OpenFile {
  const target = join(directory, path)
  mkdirSync(dirname(target), { recursive: true, mode: 0o755 })
  const descriptor = openSync(target, 'wx', 0o600)
  let isOpen = true
  const close = (): void => {
    if (isOpen) closeSync(descriptor)
    isOpen = false
  }
  return {
    data(bytes) {
      for (let written = 0; written < bytes.length; ) written += writeSync(descriptor, bytes, written)
    },
    end() {
      fchmodSync(descriptor, mode & 0o777)
      close()
    },
    close,
  }
}

const isStorageFailure = (error: unknown): boolean => error instanceof Error && 'syscall' in error

const elsewhere = `Free some space there, or unpack the bundle elsewhere and install from that directory:\n  tar xzf FILE -C DIR && DIR/edgekit install`

const noSpace = (name: string, needed: number, free: number): EdgekitError =>
  new EdgekitError(
    `cannot unpack ${name} into ${temporary}: it needs ${formatBytes(needed)}, ${formatBytes(free)} are free`,
    { code: 'no-space', remedy: elsewhere },
  )

function cannotUnpack(name: string, cause: unknown): EdgekitError {
  const failure = storageFailure(cause, join(temporary, name))
  return new EdgekitError(`cannot unpack ${name} into ${temporary}: ${messageOf(cause)}`, {
    code: failure?.code ?? 'unpack-failed',
    remedy: failure && failure.code !== 'no-space' ? failure.remedy : elsewhere,
    cause,
  })
}
