import { closeSync, existsSync, fchmodSync, mkdirSync, openSync, writeSync } from 'node:fs'
import { lstat, mkdtemp, readdir, rm, statfs, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { EdgekitError, messageOf } from '../lib/errors.ts'
import { formatBytes } from '../lib/format.ts'
import { type ManifestFile, manifestName, signatureName } from './manifest.ts'
import type { PackedBundle } from './packed-files.ts'
import type { Head } from './packed-members.ts'
import { readArchive } from './read-packed.ts'
import { checkSignature, type TrustedKey } from './signature.ts'

/** Survives a reboot and is on a disk, unlike /tmp. https://refspecs.linuxfoundation.org/FHS_3.0/fhs/ch05s15.html */
const temporary = '/var/tmp'

/**
 * Unpack a bundle into a directory that only this user can enter, for as long as `use` takes. Whatever is wrong with it
 * ends the unpacking at once; with `keys` one of them must have signed it, or nothing is unpacked. Only files that the
 * manifest lists are ever written, and nothing is left behind. Throws EdgekitError.
 */
export async function withUnpacked<T>(
  packed: PackedBundle,
  keys: readonly TrustedKey[],
  use: (directory: string) => Promise<T>,
): Promise<T> {
  await removeAbandoned()
  const directory = await mkdtemp(join(temporary, `edgekit-${process.pid}-`))
  try {
    await unpack(packed, keys, directory)
    return await use(directory)
  } finally {
    await rm(directory, { recursive: true, force: true })
  }
}

/** What processes that were killed have left; the name of each says which process that was. */
async function removeAbandoned(): Promise<void> {
  for (const name of await readdir(temporary)) {
    const [, pid] = /^edgekit-(\d+)-/.exec(name) ?? []
    if (pid === undefined || existsSync(`/proc/${pid}`)) continue
    const path = join(temporary, name)
    // Anybody may make a directory of that name there.
    if ((await lstat(path)).uid === process.geteuid?.()) await rm(path, { recursive: true, force: true })
  }
}

async function unpack(packed: PackedBundle, keys: readonly TrustedKey[], directory: string): Promise<void> {
  const { bavail, bsize } = await statfs(directory)
  let head: Head | undefined
  let write: OpenFile | undefined
  try {
    await readArchive(packed, {
      head(found) {
        head = found
        if (keys.length > 0) checkSignature(found.bytes, found.signature, keys, packed.name)
        const needed = found.manifest.files.reduce((sum, { size }) => sum + size, 0)
        if (needed > bavail * bsize) throw noRoom(directory, needed, bavail * bsize)
        return undefined
      },
      file(file) {
        write = openFile(directory, file)
        return write
      },
      problem(text) {
        throw new EdgekitError(`${packed.name} is damaged or was changed: ${text}`, {
          code: 'bundle-damaged',
          remedy: 'Copy the bundle again. What is wrong in all of it: edgekit verify BUNDLE',
        })
      },
    })
  } catch (error) {
    if (error instanceof Error && 'syscall' in error) throw cannotUnpack(directory, error)
    throw error
  } finally {
    write?.close()
  }
  await writeFile(join(directory, manifestName), head?.bytes ?? '')
  if (head?.signature !== undefined) await writeFile(join(directory, signatureName), head.signature)
}

interface OpenFile {
  data(bytes: Buffer): void
  end(): undefined
  close(): void
}

/** Written as it comes, without waiting: the archive is read by callbacks. */
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
      return undefined
    },
    close,
  }
}

const noRoom = (directory: string, needed: number, free: number): EdgekitError =>
  new EdgekitError(
    `unpacking takes ${formatBytes(needed)} in ${dirname(directory)}, where ${formatBytes(free)} are free`,
    {
      code: 'no-space',
      remedy:
        'Make room there, or unpack the bundle elsewhere (tar xzf) and run edgekit install on that directory.',
    },
  )

const cannotUnpack = (directory: string, cause: Error): EdgekitError =>
  new EdgekitError(`cannot unpack into ${dirname(directory)}: ${messageOf(cause)}`, {
    code: 'unpack-failed',
    remedy: `Make room in ${temporary}, or unpack the bundle elsewhere (tar xzf) and run edgekit install on that directory.`,
    cause,
  })
