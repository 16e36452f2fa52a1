import { Header } from 'tar/header'
import { type ByteSource, wrongSize } from '../lib/byte-source.ts'
import { EdgekitError } from '../lib/errors.ts'

const blockSize = 512

/** One regular file of a tar archive. */
export interface TarMember {
  path: string
  mode: 0o644 | 0o755
  /** Bytes. */
  size: number
  /** The content: bytes, the path of a file, or parts to concatenate. */
  source: Buffer | string | readonly ByteSource[]
}

/**
 * Timestamp of everything edgekit packs. Throws EdgekitError.
 * https://reproducible-builds.org/specs/source-date-epoch/
 */
export function sourceDate({ SOURCE_DATE_EPOCH: text = '0' }: NodeJS.ProcessEnv = process.env): Date {
  if (!/^\d{1,11}$/.test(text)) {
    throw new EdgekitError(`SOURCE_DATE_EPOCH is not a number of seconds since 1970: "${text}"`, {
      code: 'invalid-environment',
      remedy:
        'Unset it, or set it to the time of the last commit:\n  export SOURCE_DATE_EPOCH=$(git log -1 --format=%ct)',
    })
  }
  return new Date(Number(text) * 1000)
}

/**
 * Header, content and padding of one member. Reproducible: owner 0:0 without names, the given mode, one timestamp. Throws
 * EdgekitError when the header cannot hold the path or size.
 */
export function tarMember(member: TarMember & { source: Buffer }, mtime?: Date): Buffer[]
export function tarMember(member: TarMember, mtime?: Date): ByteSource[]
export function tarMember(member: TarMember, mtime: Date = sourceDate()): ByteSource[] {
  return [header(member, mtime), ...contentOf(member), Buffer.alloc(paddingOf(member.size))]
}

/** The content of one member. Throws EdgekitError if its size differs; for a file, when it is read. */
export function contentOf({ path, size, source }: TarMember): readonly ByteSource[] {
  if (typeof source === 'string') return [{ path: source, size, name: path }]
  const sources = Buffer.isBuffer(source) ? [source] : source
  const actual = sources.reduce((sum, source) => sum + lengthOf(source), 0)
  if (actual !== size)
    throw wrongSize(path, size, actual > size ? `more than ${size} bytes` : `only ${actual} bytes`)
  return sources
}

/** Size of a member in an archive in bytes: header, content, and padding. */
export const tarMemberSize = ({ size }: Pick<TarMember, 'size'>): number => blockSize + size + paddingOf(size)

/** Size of an archive of `members` in bytes, including its end. */
export const tarSize = (members: readonly Pick<TarMember, 'size'>[]): number =>
  members.reduce((sum, member) => sum + tarMemberSize(member), 2 * blockSize)

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
    throw new EdgekitError(
      `cannot pack ${member.path} (${member.size} bytes): it does not fit a plain tar header`,
      {
        code: 'member-not-packable',
        remedy: 'Use ASCII names without spaces, at most 255 characters, and files below 8 GiB.',
      },
    )
  }
  return block
}

const lengthOf = (source: ByteSource): number => (Buffer.isBuffer(source) ? source.length : source.size)
