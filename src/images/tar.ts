import { createReadStream } from 'node:fs'
import { Header } from 'tar/header'
import { EdgekitError, exitCodes } from '../errors.ts'

const blockSize = 512

/** One regular file of a tar archive. */
export interface TarMember {
  path: string
  mode: 0o644 | 0o755
  /** Bytes. */
  size: number
  /** The content, or the path of a file that has it, or a function that gives it anew each time. */
  source: Buffer | string | (() => AsyncIterable<Buffer>)
}

/** The one time stamp of everything edgekit packs. https://reproducible-builds.org/specs/source-date-epoch/ */
export function sourceDate({ SOURCE_DATE_EPOCH: text = '0' }: NodeJS.ProcessEnv = process.env): Date {
  if (!/^\d{1,11}$/.test(text)) {
    throw new EdgekitError(`SOURCE_DATE_EPOCH is "${text}", which is not a number of seconds since 1970`, {
      exitCode: exitCodes.usage,
      remedy: 'Unset it, or set it to for example $(git log -1 --format=%ct)',
    })
  }
  return new Date(Number(text) * 1000)
}

/**
 * Header, content and padding of one member. The same member gives the same bytes everywhere: owner 0:0 without names,
 * the mode as given, one time stamp. A source that is not exactly `size` long is an error, because the header with the
 * size is out before the content is read.
 */
export async function* tarMember(member: TarMember, mtime: Date = sourceDate()): AsyncGenerator<Buffer> {
  yield header(member, mtime)
  yield* contentOf(member)
  const padding = paddingOf(member.size)
  if (padding > 0) yield Buffer.alloc(padding)
}

/** The bytes of one member. Throws EdgekitError when they are not as many as stated. */
export async function* contentOf(member: TarMember): AsyncGenerator<Buffer> {
  let size = 0
  for await (const chunk of chunksOf(member.source)) {
    size += chunk.length
    if (size > member.size) throw wrongSize(member, `more than ${member.size} bytes`)
    yield chunk
  }
  if (size !== member.size) throw wrongSize(member, `only ${size} bytes`)
}

/** Bytes that `members` take up in an archive, its end included. */
export const tarSize = (members: readonly Pick<TarMember, 'size'>[]): number =>
  members.reduce((sum, { size }) => sum + blockSize + size + paddingOf(size), 2 * blockSize)

const paddingOf = (size: number): number => -size & (blockSize - 1)

/** The two empty blocks that end an archive. */
export const tarEnd = (): Buffer => Buffer.alloc(2 * blockSize)

function header(member: TarMember, mtime: Date): Buffer {
  const block = Buffer.alloc(blockSize)
  const fields = {
    path: member.path,
    mode: member.mode,
    size: member.size,
    type: 'File',
    uid: 0,
    gid: 0,
    mtime,
  } as const
  const needsExtension = new Header(fields).encode(block)
  if (needsExtension || !/^[\x21-\x7e]+$/.test(member.path)) {
    throw new EdgekitError(`${member.path} (${member.size} bytes) does not fit a plain tar header`, {
      exitCode: exitCodes.internal,
      remedy: 'Member names must be ASCII without spaces, up to 255 characters, and files below 8 GiB.',
    })
  }
  return block
}

async function* chunksOf(source: TarMember['source']): AsyncGenerator<Buffer> {
  if (typeof source === 'function') yield* source()
  else if (typeof source === 'string') yield* createReadStream(source, { highWaterMark: 256 * 1024 })
  else if (source.length > 0) yield source
}

const wrongSize = (member: TarMember, actual: string): EdgekitError =>
  new EdgekitError(`${member.path}: expected ${member.size} bytes, the source has ${actual}`, {
    exitCode: exitCodes.internal,
    remedy: 'The file changed while it was packed; try again.',
  })
