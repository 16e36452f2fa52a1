import { dirname, join, normalize } from 'node:path/posix'
import { Parser } from 'tar/parse'
import type { ReadEntry } from 'tar/read-entry'
import { EdgekitError } from '../lib/errors.ts'

/** A regular file in an archive, or a link to another member. Paths are relative, without `..`. */
export type ArchiveMember =
  | { kind: 'file'; path: string; size: number; content: AsyncIterable<Uint8Array> }
  | { kind: 'link'; path: string; target: string }

/**
 * Visit the members of an untrusted tar archive, gzipped or not; nothing is unpacked. When `visit` returns, the rest of the
 * member is skipped. Throws EdgekitError when the archive is truncated or damaged, or has unsafe members.
 */
export async function eachArchiveMember(
  archive: AsyncIterable<Uint8Array>,
  visit: (member: ArchiveMember) => Promise<void>,
): Promise<void> {
  const failures: unknown[] = []
  const failed = (): boolean => failures.length > 0
  const seen = new Set<string>()
  let current: ReadEntry | undefined
  let visits: Promise<unknown> = Promise.resolve()
  const parser = new Parser({
    // A tar of zeros compresses extremely well and is harmless: nothing stays in memory, a full disk is an error.
    maxDecompressionRatio: Number.POSITIVE_INFINITY,
    onwarn: (_, message) => failures.push(refused(String(message).replace(/^Error: /, ''))),
    onReadEntry: entry => {
      current = entry
      const work = async (): Promise<void> => {
        const member = failed() ? undefined : checkedMember(entry, seen)
        if (member !== undefined) await visit(member)
      }
      const visited = work()
        .catch(error => failures.push(error))
        .then(() => entry.resume())
      visits = Promise.all([visits, visited])
    },
  })
  const ended = new Promise(resolve => parser.once('end', resolve))
  // Two blocks of zeros. What follows is padding, of any length.
  let isComplete = false
  parser.once('eof', () => {
    isComplete = true
  })
  try {
    for await (const chunk of archive) {
      const wantsMore = parser.write(Buffer.from(chunk.buffer, chunk.byteOffset, chunk.length))
      if (failed() || isComplete) break
      if (!wantsMore) await new Promise(resolve => parser.once('drain', resolve))
    }
    parser.end()
    if (!failed()) await ended
  } catch (error) {
    failures.push(error)
  }
  // Otherwise a visitor that reads the current member would wait forever.
  if (failed()) current?.end()
  await visits
  if (failed()) throw failures[0]
}

/**
 * Validate an archive entry; undefined for a directory. `seen` holds the paths before it. Throws EdgekitError for a path or
 * link that leaves the archive, a device, or a duplicate path.
 */
export function checkedMember(entry: ReadEntry, seen: Set<string>): ArchiveMember | undefined {
  const path = insidePath(entry.path, entry.path)
  if (entry.path.split('/').includes('..')) throw refused(`${entry.path} contains ..`)
  if (entry.type === 'Directory') return undefined
  if (seen.has(path)) throw refused(`duplicate member ${path}`)
  seen.add(path)
  switch (entry.type) {
    case 'File':
    case 'OldFile':
    case 'ContiguousFile':
      return { kind: 'file', path, size: entry.size, content: entry as AsyncIterable<Uint8Array> }
    case 'SymbolicLink':
    case 'Link': {
      const target = entry.linkpath ?? ''
      const from = entry.type === 'Link' || target.startsWith('/') ? '' : dirname(path)
      return { kind: 'link', path, target: insidePath(join(from, target), `${path} -> ${target}`) }
    }
    default:
      throw refused(`${path} is a ${entry.type}`)
  }
}

function insidePath(path: string, shown: string): string {
  const inside = normalize(path).replace(/\/$/, '')
  if (path.startsWith('/') || inside === '..' || inside.startsWith('../')) {
    throw refused(`${shown} leaves the archive`)
  }
  return inside
}

const refused = (message: string): EdgekitError =>
  new EdgekitError(message, {
    code: 'archive-unusable',
    remedy: 'Create the archive again, or get it from a source you trust.',
  })
