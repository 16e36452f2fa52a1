import { dirname, join, normalize } from 'node:path/posix'
import { Parser } from 'tar/parse'
import type { ReadEntry } from 'tar/read-entry'
import { EdgekitError } from '../lib/errors.ts'

/** A regular file in an archive, or a link to another member. Paths are relative and have no `..`. */
export type ArchiveMember =
  | { kind: 'file'; path: string; size: number; content: AsyncIterable<Uint8Array> }
  | { kind: 'link'; path: string; target: string }

/**
 * Go through a tar archive (gzip too) that anybody may have made; nothing of it is ever unpacked under its own name.
 * `visit` has read what it wants of a member when it returns. Throws EdgekitError for an archive that is cut off,
 * damaged, or has members no honest tool writes into an image archive.
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
    // A tar of zeros packs very well and is no attack: nothing is kept in memory, and a full disk is an error.
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
  try {
    for await (const chunk of archive) {
      const wantsMore = parser.write(Buffer.from(chunk.buffer, chunk.byteOffset, chunk.length))
      if (failed()) break
      if (!wantsMore) await new Promise(resolve => parser.once('drain', resolve))
    }
    parser.end()
    if (!failed()) await ended
  } catch (error) {
    failures.push(error)
  }
  // Whoever reads a member that goes on no further would wait for ever.
  if (failed()) current?.end()
  await visits
  if (failed()) throw failures[0]
}

/**
 * What an entry of an archive is; nothing for a directory. `seen` has the paths before it. Throws EdgekitError for what no
 * honest tool writes into an archive of files: a path or a link that leads out of it, a device, a path twice.
 */
export function checkedMember(entry: ReadEntry, seen: Set<string>): ArchiveMember | undefined {
  const path = insidePath(entry.path, entry.path)
  if (entry.path.split('/').includes('..')) throw refused(`${entry.path} has .. in it`)
  if (entry.type === 'Directory') return undefined
  if (seen.has(path)) throw refused(`it has ${path} twice`)
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

/** Only an attack or a mistake writes paths that lead out of the archive. */
function insidePath(path: string, shown: string): string {
  const inside = normalize(path).replace(/\/$/, '')
  if (path.startsWith('/') || inside === '..' || inside.startsWith('../')) {
    throw refused(`${shown} leads out of the archive`)
  }
  return inside
}

const refused = (message: string): EdgekitError =>
  new EdgekitError(message, {
    code: 'archive-unusable',
    remedy: 'Make the archive again with the tool that wrote it, or get it from a place you trust.',
  })
