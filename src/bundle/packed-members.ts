import { createHash } from 'node:crypto'
import type { ReadEntry } from 'tar/read-entry'
import { EdgekitError, messageOf } from '../lib/errors.ts'
import { tarSize } from '../tar/write.ts'
import { type Manifest, type ManifestFile, manifestName, parseManifest, signatureName } from './manifest.ts'

/** What a bundle begins with. */
export interface Head {
  manifest: Manifest
  /** The bytes of bundle.json, which the signature is over. */
  bytes: Buffer
  /** The text of bundle.json.sig, when the bundle is signed. */
  signature: string | undefined
}

/** Whether to read on. */
type Verdict = 'stop' | undefined

/** Who takes what is in an archive. An error thrown in here ends the reading and comes out. */
export interface ArchiveReader {
  /** Called once, before anything of the payload is looked at. */
  head(head: Head): Verdict
  /**
   * A member that is in the manifest. What this returns gets its bytes, whose memory is used again, and `end` when all of
   * them are right.
   */
  file?(file: ManifestFile): { data(bytes: Buffer): void; end(): Verdict } | undefined
  /** Something that is not as the manifest says, in a sentence without a dot. */
  problem(text: string): void
}

/** Thrown to end the reading early when there is nothing wrong. */
export class Stopped extends Error {}

/** They are in memory as a whole, before anything is known about them. */
const largest: Record<string, number> = { [manifestName]: 16 * 1024 * 1024, [signatureName]: 4096 }
/** Zeros that other tars put at the end of an archive. */
const slack = 10_240

/** The members of a bundle in the order in which they come, held against its manifest. */
export class Members {
  /** The most bytes that the tar may have, as far as it is known by now. */
  most = 32 * 1024 * 1024
  readonly #name: string
  readonly #reader: ArchiveReader
  readonly #seen = new Set<string>()
  readonly #listed = new Map<string, ManifestFile>()
  #manifest: Buffer | undefined
  #signature: Buffer | undefined
  #isHeadRead = false

  constructor(name: string, reader: ArchiveReader) {
    this.#name = name
    this.#reader = reader
  }

  visit(entry: ReadEntry): void {
    const { path, type } = entry
    if (this.#seen.size === 0 && (path !== manifestName || type !== 'File')) {
      throw noBundle(this.#name, `it begins with ${JSON.stringify(path)}, a ${kindOf(entry)}`)
    }
    const place = this.#seen.size
    const isHead = type === 'File' && (place === 0 || (place === 1 && path === signatureName))
    if (!isHead) this.#readHead()
    const problem = isHead ? undefined : this.#problemOf(entry)
    this.#seen.add(path)
    if (isHead) this.#takeHead(entry)
    else if (problem === undefined) this.#takeFile(entry)
    else this.#reader.problem(problem)
    entry.resume()
  }

  #problemOf(entry: ReadEntry): string | undefined {
    const { path, type, size, mode } = entry
    const shown = JSON.stringify(path)
    if (this.#seen.has(path)) return `${shown} is in it twice`
    if (type !== 'File') return `${shown} is a ${kindOf(entry)}, not a plain file`
    const file = this.#listed.get(path)
    if (file === undefined) return `${shown} is not in the manifest`
    if (size !== file.size) return `${path} has ${size} bytes, expected ${file.size}`
    if (mode !== file.mode) return `${path} has mode ${mode?.toString(8)}, expected ${file.mode.toString(8)}`
    return undefined
  }

  extended(): void {
    this.#reader.problem('there are extended headers in it, which no bundle has')
  }

  /** To be called at the end of the archive. */
  finish(): void {
    this.#readHead()
    for (const path of this.#listed.keys()) {
      if (!this.#seen.has(path)) this.#reader.problem(`${path} is missing`)
    }
  }

  #takeHead(entry: ReadEntry): void {
    const most = largest[entry.path] ?? 0
    if (entry.size > most)
      throw noBundle(this.#name, `${entry.path} has ${entry.size} bytes, at most ${most} make sense`)
    const parts: Buffer[] = []
    entry.on('data', part => parts.push(Buffer.from(part)))
    entry.on('end', () => {
      if (entry.path === manifestName) this.#manifest = Buffer.concat(parts)
      else {
        this.#signature = Buffer.concat(parts)
        this.#readHead()
      }
    })
  }

  #readHead(): void {
    if (this.#isHeadRead) return
    this.#isHeadRead = true
    const [bytes, signature] = [this.#manifest, this.#signature]
    if (bytes === undefined) throw noBundle(this.#name, `it ends within ${manifestName}`)
    let manifest: Manifest
    try {
      manifest = parseManifest(bytes.toString())
    } catch (error) {
      throw noBundle(this.#name, `its ${manifestName} is damaged: ${messageOf(error)}`)
    }
    for (const file of manifest.files) this.#listed.set(file.path, file)
    const head = signature === undefined ? [bytes] : [bytes, signature]
    this.most = tarSize([...head.map(({ length }) => ({ size: length })), ...manifest.files]) + slack
    this.#go(this.#reader.head({ manifest, bytes, signature: signature?.toString('latin1') }))
  }

  #takeFile(entry: ReadEntry): void {
    const file = this.#listed.get(entry.path) as ManifestFile
    const sink = this.#reader.file?.(file)
    const hash = createHash('sha256')
    entry.on('data', part => {
      hash.update(part)
      sink?.data(part)
    })
    entry.on('end', () => {
      const sha256 = hash.digest('hex')
      if (sha256 === file.sha256) this.#go(sink?.end())
      else this.#reader.problem(`${file.path} has sha256 ${sha256}, expected ${file.sha256}`)
    })
  }

  #go(verdict: Verdict): void {
    if (verdict === 'stop') throw new Stopped()
  }
}

/** Something that never was a bundle, or of which not even the manifest can be read. */
export const noBundle = (name: string, why: string): EdgekitError =>
  new EdgekitError(`${name} is no bundle: ${why}`, {
    code: 'not-a-bundle',
    remedy: 'Give a .tar.gz as edgekit bundle wrote it; a bundle packed again with tar is not one.',
  })

function kindOf({ type, linkpath }: ReadEntry): string {
  switch (type) {
    case 'SymbolicLink':
      return `symbolic link to ${JSON.stringify(linkpath)}`
    case 'Link':
      return `hard link to ${JSON.stringify(linkpath)}`
    case 'CharacterDevice':
    case 'BlockDevice':
      return 'device'
    default:
      return type.toLowerCase()
  }
}
