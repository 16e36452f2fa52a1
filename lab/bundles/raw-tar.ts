import { Header } from 'tar'

export interface RawEntry {
  path: string
  content?: Buffer | string
  type?: 'File' | 'SymbolicLink' | 'Link' | 'CharacterDevice' | 'BlockDevice' | 'FIFO' | 'Directory'
  linkpath?: string
  mode?: number
  /** The size in the header, when it must be wrong. */
  size?: number
}

/** A tar archive with exactly these members, including ones that no tool would write. */
export function rawTar(entries: readonly RawEntry[]): Buffer {
  const blocks = entries.flatMap(({ path, content = '', type = 'File', linkpath, size, mode = 0o644 }) => {
    const bytes = Buffer.from(content)
    const header = Buffer.alloc(512)
    new Header({
      path,
      type,
      size: size ?? bytes.length,
      mode,
      mtime: new Date(0),
      ...(linkpath !== undefined && { linkpath }),
    }).encode(header)
    return [header, bytes, Buffer.alloc(-bytes.length & 511)]
  })
  return Buffer.concat([...blocks, Buffer.alloc(1024)])
}
