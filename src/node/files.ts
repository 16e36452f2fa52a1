import {
  closeSync,
  constants,
  fdatasyncSync,
  fstatSync,
  ftruncateSync,
  openSync,
  writeFileSync,
} from 'node:fs'
import * as fs from 'node:fs/promises'
import { dirname } from 'node:path'
import { hashFile } from '../lib/hash/hash-file.ts'
import { isHashing, ThreadedHash } from '../lib/hash/hash-thread.ts'
import { KnownHashes } from '../lib/hash/known-hashes.ts'

export interface Access {
  mode: number
  uid: number
  gid: number
}

interface FileStatus extends Access {
  kind: 'file' | 'directory' | 'symlink' | 'other'
  /** Bytes. */
  size: number
}

/** What to write: a text, or what is in another file; `keepTime` also takes over when that was last changed. */
type Content = { text: string } | { bytes: Uint8Array } | { copyOf: string; keepTime?: boolean }

export interface Files {
  /** The text of a file, or undefined when there is none. */
  read(path: string): Promise<string | undefined>
  /** The bytes of a file, or undefined when there is none. */
  bytes(path: string): Promise<Uint8Array | undefined>
  /** The first bytes of a file, or undefined when there is none. */
  head(path: string, bytes: number): Promise<Buffer | undefined>
  /** What is at a path, not following a link; undefined when there is nothing. */
  status(path: string): Promise<FileStatus | undefined>
  /** When it was last written, milliseconds since 1970; undefined when there is nothing. */
  modified(path: string): Promise<number | undefined>
  /** Names in a directory; empty when there is none. */
  list(path: string): Promise<string[]>
  linkTarget(path: string): Promise<string>
  /** SHA-256 of a file's bytes, hexadecimal. Throws what `signal` is aborted with. */
  sha256(path: string, signal?: AbortSignal): Promise<string>
  /** Record the SHA-256 of a file that this process has just written: `sha256` need not read it as long as it stays the same. */
  rememberHash(path: string, sha256: string): Promise<void>
  /** Put a file in place whole or not at all: a reader sees the old file or the new one, also after a power cut. */
  write(path: string, content: Content, access: Access): Promise<void>
  /**
   * Add text to the end of a file that only its owner can read, and make it if need be. All of it is added or nothing;
   * `durable`: it is there after a power cut, with all that was added before.
   */
  append(path: string, text: string, options: { durable: boolean }): Promise<void>
  /** Remove what a `write` of this path that was killed left beside it. */
  clean(path: string): Promise<void>
  link(path: string, target: string): Promise<void>
  makeDirectory(path: string, access: Access): Promise<void>
  setAccess(path: string, access: Access): Promise<void>
  /**
   * Remove a file, a link or an empty directory, and what a `write` that was killed left beside it; nothing there is
   * fine.
   */
  remove(path: string): Promise<void>
  /** Remove a directory with all that is in it; nothing there is fine. */
  removeTree(path: string): Promise<void>
}

const absentAsUndefined = (error: NodeJS.ErrnoException): undefined => {
  if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return undefined
  throw error
}

/** Make sure that the names in a directory are on the disk as they are now. */
export async function syncDirectory(path: string): Promise<void> {
  await using directory = await fs.open(path, constants.O_RDONLY | constants.O_DIRECTORY)
  await directory.sync()
}

/** Always the same, so that whoever comes after a process that was killed finds what it left. */
export const temporaryOf = (path: string): string => `${path}.edgekit-part`

/** Make something under a temporary name beside `path`, then move it there; nothing is left behind on failure. */
async function replace(path: string, make: (temporary: string) => Promise<void>): Promise<void> {
  const temporary = temporaryOf(path)
  await fs.rm(temporary, { force: true })
  try {
    await make(temporary)
    await fs.rename(temporary, path)
  } catch (error) {
    await fs.rm(temporary, { force: true })
    throw error
  }
  await syncDirectory(dirname(path))
}

/** Write a new file, and make sure it is on the disk. */
async function make(path: string, content: Content, { mode, uid, gid }: Access): Promise<void> {
  if ('copyOf' in content) await fs.copyFile(content.copyOf, path, constants.COPYFILE_FICLONE)
  else {
    const data = 'bytes' in content ? content.bytes : content.text
    await fs.writeFile(path, data, { mode: 0o600, flag: 'wx' })
  }
  await using file = await fs.open(path, 'r+')
  await file.chown(uid, gid)
  await file.chmod(mode)
  if ('copyOf' in content && content.keepTime) {
    const { atime, mtime } = await fs.stat(content.copyOf)
    await file.utimes(atime, mtime)
  }
  await file.sync()
}

/** More bytes than these are hashed in a thread, meanwhile: to start that takes as long as to hash some megabytes. */
const largeBytes = () => (isHashing() ? 100_000 : 10_000_000)

async function hashOf(path: string, signal: AbortSignal | undefined): Promise<string> {
  const { size } = await fs.stat(path)
  if (size < largeBytes()) {
    await using file = await fs.open(path)
    return (await hashFile(file)).sha256
  }
  const hash = new ThreadedHash()
  hash.add({ path, from: 0, size })
  return await hash.digest(signal)
}

export function localFiles(): Files {
  const hashes = new KnownHashes()
  return {
    read: path => fs.readFile(path, 'utf8').catch(absentAsUndefined),
    bytes: path => fs.readFile(path).catch(absentAsUndefined),
    async head(path, bytes) {
      await using file = await fs.open(path).catch(absentAsUndefined)
      if (!file) return undefined
      const { buffer, bytesRead } = await file.read(Buffer.alloc(bytes), 0, bytes, 0)
      return buffer.subarray(0, bytesRead)
    },
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
    rememberHash: (path, sha256) => hashes.remember(path, sha256),
    async write(path, content, access) {
      const write = () => replace(path, temporary => make(temporary, content, access))
      await ('copyOf' in content ? hashes.copy(content.copyOf, path, write) : write())
    },
    async append(path, text, { durable }) {
      // Without await: for so few bytes to tell a thread of each call and wait for it takes longer than the calls.
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
