import { closeSync, fdatasyncSync, fstatSync, ftruncateSync, openSync, writeFileSync } from 'node:fs'
import * as fs from 'node:fs/promises'
import { dirname } from 'node:path'
import { systemErrorName } from '../lib/errors.ts'
import { fingerprintOf } from '../lib/files/fingerprint.ts'
import { readInput } from '../lib/files/read-input.ts'
import { openRegular } from '../lib/files/regular-file.ts'
import { replace, replaceFile, syncDirectory, temporaryOf } from '../lib/files/replace-file.ts'
import { copyHashing } from '../lib/hash/copy-file.ts'
import { crc32File, hashFile } from '../lib/hash/hash-file.ts'
import { isHashing, ThreadedHash } from '../lib/hash/hash-thread.ts'
import { KnownHashes } from '../lib/hash/known-hashes.ts'

export interface Access {
  mode: number
  uid: number
  gid: number
}

interface FileStatus extends Access {
  kind: 'file' | 'directory' | 'symlink' | 'other'
  /** In bytes. */
  size: number
}

/** What to write: text, bytes, or the content of another file. */
type Content = { text: string } | { bytes: Uint8Array } | Copy

interface Copy {
  copyOf: string
  /** What was verified: the write fails when the bytes that it wrote are others. */
  sha256?: string
  /** Copy the modification time, too. */
  keepTime?: boolean
}

export interface Files {
  /** The text of a file; undefined when it does not exist. */
  read(path: string): Promise<string | undefined>
  /** The bytes of a file; undefined when it does not exist. */
  bytes(path: string): Promise<Uint8Array | undefined>
  /** The bytes of a file in parts, for one that can be large. Throws when it does not exist. */
  parts(path: string): AsyncIterable<Uint8Array>
  /** The first bytes of a file; undefined when it does not exist. */
  head(path: string, bytes: number): Promise<Buffer | undefined>
  /** The last bytes of a file; undefined when it does not exist. */
  tail(path: string, bytes: number): Promise<Buffer | undefined>
  /** The status of a path, without following a link; undefined when it does not exist. */
  status(path: string): Promise<FileStatus | undefined>
  /** The modification time in milliseconds since 1970; undefined when the path does not exist. */
  modified(path: string): Promise<number | undefined>
  /** The names in a directory; empty when it does not exist. */
  list(path: string): Promise<string[]>
  linkTarget(path: string): Promise<string>
  /** The SHA-256 of a file in hexadecimal. Throws the reason of `signal` when that is aborted. */
  sha256(path: string, signal?: AbortSignal): Promise<string>
  /** The CRC-32 of a file. */
  crc32(path: string): Promise<number>
  /** What changes when anything in these files or directories does, without reading them. */
  fingerprint(paths: readonly string[]): Promise<string>
  /** Remember the SHA-256 of a file that this process has just written; `sha256` returns it while the file is unchanged. */
  rememberHash(path: string, sha256: string): Promise<void>
  /** Write a file atomically: readers see the old file or the new one, also after a power cut. */
  write(path: string, content: Content, access: Access): Promise<void>
  /**
   * Append text to a file, which is created readable only by its owner: all of it or nothing. `durable`: this text and
   * all before it survive a power cut.
   */
  append(path: string, text: string, options: { durable: boolean }): Promise<void>
  /** Remove the temporary file that an interrupted `write` of this path left beside it. */
  clean(path: string): Promise<void>
  link(path: string, target: string): Promise<void>
  /** Rename a file within its file system; one of the new name is replaced. */
  rename(path: string, to: string): Promise<void>
  makeDirectory(path: string, access: Access): Promise<void>
  setAccess(path: string, access: Access): Promise<void>
  /** Remove a file, a link or an empty directory, if it exists, and the temporary file of an interrupted `write`. */
  remove(path: string): Promise<void>
  /** Remove a directory and everything in it, if it exists. */
  removeTree(path: string): Promise<void>
}

const absentAsUndefined = (error: NodeJS.ErrnoException): undefined => {
  if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return undefined
  throw error
}

async function copy({ copyOf, sha256, keepTime }: Copy, path: string, target: fs.FileHandle): Promise<void> {
  try {
    const { file, size } = await openRegular(copyOf, { follow: false })
    await using source = file
    const written = await copyHashing(source, target, size)
    if (sha256 !== undefined && written !== sha256) throw new Error('other content')
    if (!keepTime) return
    const { atime, mtime } = await source.stat()
    await target.utimes(atime, mtime)
  } catch (error) {
    if (sha256 === undefined || isOwnFailure(error)) throw error
    throw new Error(`cannot write ${path}: ${copyOf} changed after it was verified`, { cause: error })
  }
}

/** What edgekit reads as a whole is smaller; a limit keeps a file of another user from filling the memory. */
const maxBytes = 64 * 1024 * 1024

const readAll = (path: string): Promise<Buffer | undefined> =>
  readInput(path, maxBytes).catch(absentAsUndefined)

async function* readParts(path: string): AsyncGenerator<Uint8Array> {
  const { file } = await openRegular(path)
  await using source = file
  yield* source.createReadStream({ autoClose: false, highWaterMark: 1024 * 1024 })
}

async function readPart(
  path: string,
  bytes: number,
  from: (size: number) => number,
): Promise<Buffer | undefined> {
  const opened = await openRegular(path).catch(absentAsUndefined)
  if (!opened) return undefined
  await using file = opened.file
  const { buffer, bytesRead } = await file.read(Buffer.alloc(bytes), 0, bytes, from(opened.size))
  return buffer.subarray(0, bytesRead)
}

/** A full or failing disk is no change of the source. */
const isOwnFailure = (error: unknown): boolean =>
  ['ENOSPC', 'EDQUOT', 'EIO', 'EFBIG'].includes(systemErrorName(error) ?? '')

/** Larger files are hashed in a thread. Starting one takes as long as hashing some megabytes. */
const largeBytes = () => (isHashing() ? 100_000 : 10_000_000)

async function hashOf(path: string, signal: AbortSignal | undefined): Promise<string> {
  const { file, size } = await openRegular(path)
  await using source = file
  if (size < largeBytes()) return (await hashFile(source)).sha256
  const hash = new ThreadedHash()
  hash.add({ path, from: 0, size })
  return await hash.digest(signal)
}

export function localFiles(): Files {
  const hashes = new KnownHashes()
  return {
    read: async path => (await readAll(path))?.toString(),
    bytes: readAll,
    parts: readParts,
    head: (path, bytes) => readPart(path, bytes, () => 0),
    tail: (path, bytes) => readPart(path, bytes, size => Math.max(0, size - bytes)),
    async status(path) {
      const found = await fs.lstat(path).catch(absentAsUndefined)
      if (!found) return undefined
      const kind = found.isFile()
        ? 'file'
        : found.isDirectory()
          ? 'directory'
          : found.isSymbolicLink()
            ? 'symlink'
            : 'other'
      return { kind, mode: found.mode & 0o7777, uid: found.uid, gid: found.gid, size: found.size }
    },
    modified: async path => (await fs.stat(path).catch(absentAsUndefined))?.mtimeMs,
    list: async path => (await fs.readdir(path).catch(absentAsUndefined)) ?? [],
    linkTarget: path => fs.readlink(path),
    sha256: (path, signal) => hashes.getOrMake(path, () => hashOf(path, signal)),
    async crc32(path) {
      await using file = await fs.open(path)
      return await crc32File(file)
    },
    fingerprint: fingerprintOf,
    rememberHash: (path, sha256) => hashes.remember(path, sha256),
    async write(path, content, access) {
      await replaceFile(path, async file => {
        if ('copyOf' in content) await copy(content, path, file)
        else await file.writeFile('bytes' in content ? content.bytes : content.text)
        await file.chown(access.uid, access.gid)
        await file.chmod(access.mode)
      })
      if ('copyOf' in content && content.sha256 !== undefined) await hashes.remember(path, content.sha256)
    },
    async append(path, text, { durable }) {
      // Synchronous: for a few bytes, handing each call to a thread takes longer than the calls.
      const file = openSync(path, 'a', 0o600)
      const { size } = fstatSync(file)
      try {
        writeFileSync(file, text)
        if (durable) fdatasyncSync(file)
      } catch (error) {
        ftruncateSync(file, size)
        throw error
      } finally {
        closeSync(file)
      }
      if (durable && size === 0) await syncDirectory(dirname(path))
    },
    clean: path => fs.rm(temporaryOf(path), { force: true }),
    link: (path, target) => replace(path, temporary => fs.symlink(target, temporary)),
    async rename(path, to) {
      await fs.rename(path, to)
      await syncDirectory(dirname(to))
    },
    async makeDirectory(path, { mode, uid, gid }) {
      await fs.mkdir(path)
      await fs.chown(path, uid, gid)
      await fs.chmod(path, mode)
      await syncDirectory(dirname(path))
    },
    async setAccess(path, { mode, uid, gid }) {
      await fs.chown(path, uid, gid)
      await fs.chmod(path, mode)
    },
    async removeTree(path) {
      await fs.rm(path, { recursive: true, force: true }).catch(absentAsUndefined)
      await syncDirectory(dirname(path)).catch(absentAsUndefined)
    },
    async remove(path) {
      await fs.rm(temporaryOf(path), { force: true }).catch(absentAsUndefined)
      const found = await fs.lstat(path).catch(absentAsUndefined)
      if (!found) return
      await (found.isDirectory() ? fs.rmdir(path) : fs.unlink(path))
      await syncDirectory(dirname(path))
    },
  }
}
