import { createHash } from 'node:crypto'
import { basename, resolve } from 'node:path/posix'
import { crc32 } from 'node:zlib'
import type { ReadEntry } from 'tar/read-entry'
import { eachEntry, UnpackLimit } from './layer.ts'

/** What unpacking a layer makes of a path. */
export type LayerFile =
  | { kind: 'file'; size: number; crc32: number }
  | { kind: 'symlink'; target: string }
  | { kind: 'directory' }

/**
 * What unpacking a layer creates, by absolute path, without devices and whiteouts. A hard link is the file it refers to;
 * one to a file in a lower layer is left out. With the digest of what was read. Throws when the layer is truncated or damaged.
 */
export async function layerFiles(layer: string): Promise<{ files: Map<string, LayerFile>; digest: string }> {
  const found = new Map<string, LayerFile>()
  const hash = createHash('sha256')
  const visit = (entry: ReadEntry): void => {
    const path = resolve('/', entry.path)
    if (basename(path).startsWith('.wh.')) return
    switch (entry.type) {
      case 'File':
      case 'OldFile':
      case 'ContiguousFile':
        found.set(path, fileIn(entry))
        break
      case 'SymbolicLink':
        found.set(path, { kind: 'symlink', target: entry.linkpath ?? '' })
        break
      case 'Directory':
        found.set(path, { kind: 'directory' })
        break
      case 'Link': {
        const target = found.get(resolve('/', entry.linkpath ?? ''))
        if (target) found.set(path, target)
        else found.delete(path)
        break
      }
      default:
        found.delete(path)
    }
  }
  await eachEntry(layer, visit, new UnpackLimit(), chunk => hash.update(chunk))
  return { files: found, digest: `sha256:${hash.digest('hex')}` }
}

/** Its checksum is complete when the entry has been read. */
function fileIn(entry: ReadEntry): LayerFile {
  const file = { kind: 'file' as const, size: entry.size, crc32: 0 }
  entry.on('data', chunk => {
    file.crc32 = crc32(chunk, file.crc32)
  })
  return file
}
