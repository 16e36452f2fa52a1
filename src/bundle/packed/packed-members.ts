import { createHash } from 'node:crypto'
import type { ReadEntry } from 'tar/read-entry'
import { EdgekitError, messageOf } from '../../lib/errors.ts'
import { tarSize } from '../../tar/write.ts'
import type { Head } from '../bundle.ts'
import {
  headLimits,
  type Manifest,
  type ManifestFile,
  manifestName,
  parseManifest,
  signatureName,
} from '../manifest.ts'

/** What to do with the contents of a packed bundle. An error that one of its functions throws ends the reading. */
export interface PackedReader<T> {
  /** Called once, before any of the payload is read. What it returns is the result of the reading. */
  head(head: Head): T
  /**
   * Called for each member that the manifest lists. What it returns receives the bytes, in memory that is used again, and
   * `end` once their hash is right.
   */
  file?(file: ManifestFile): { data(bytes: Buffer): void; end(): void } | undefined
  /** Called with each difference from the manifest. */
  problem(text: string): void
  /** The member after which nothing more is read. */
  until?: string
}

/** Ends the reading after the member that was asked for. */
export class Stopped extends Error {}

const largest: Record<string, number> = headLimits
/** Zeros that other tars write at the end of an archive. */
const slack = 10_240

/** Compares the members of a packed bundle, in their order, with its manifest. */
export class PackedMembers<T> {
  /** The most bytes that the tar can have, as far as is known by now. */
  most = 32 * 1024 * 1024
  readonly #name: string
  readonly #reader: PackedReader<T>
  readonly #seen = new Set<string>()
  readonly #listed = new Map<string, ManifestFile>()
  #manifest: Buffer | undefined
  #signature: Buffer | undefined
  #result: { value: T } | undefined

  constructor(name: string, reader: PackedReader<T>) {
    this.#name = name
    this.#reader = reader
  }

  /** What `head` of the reader returned. Throws EdgekitError when there is no manifest. */
  get result(): T {
    return (this.#result ?? this.#readHead()).value
  }

  visit(entry: ReadEntry): void {
    const { path, type } = entry
    const place = this.#seen.size
    if (place === 0 && (path !== manifestName || type !== 'File')) {
      throw notABundle(this.#name, `it begins with ${JSON.stringify(path)}, a ${kindOf(entry)}`)
    }
    const isHead = type === 'File' && (place === 0 || (place === 1 && path === signatureName))
    if (!isHead) this.#finishHead()
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
    if (this.#seen.has(path)) return `${shown} appears twice`
    if (type !== 'File') return `${shown} is a ${kindOf(entry)}, not a regular file`
    const file = this.#listed.get(path)
    if (file === undefined) return `${shown} is not in the manifest`
    if (size !== file.size) return `${path} has ${size} bytes, expected ${file.size}`
    if (mode !== file.mode) return `${path} has mode ${mode?.toString(8)}, expected ${file.mode.toString(8)}`
    return undefined
  }

  extended(): void {
    this.#reader.problem('it contains extended headers, which edgekit never writes')
  }

  /** Call this at the end of the archive. */
  finish(): void {
    this.#finishHead()
    for (const path of this.#listed.keys()) {
      if (!this.#seen.has(path)) this.#reader.problem(`${path} is missing`)
    }
  }

  #takeHead(entry: ReadEntry): void {
    const most = largest[entry.path] ?? 0
    if (entry.size > most)
      throw notABundle(this.#name, `${entry.path} has ${entry.size} bytes, the limit is ${most}`)
    const parts: Buffer[] = []
    entry.on('data', part => parts.push(Buffer.from(part)))
    entry.on('end', () => {
      if (entry.path === manifestName) this.#manifest = Buffer.concat(parts)
      else {
        this.#signature = Buffer.concat(parts)
        this.#finishHead()
      }
    })
  }

  #finishHead(): void {
    if (this.#result !== undefined) return
    this.#readHead()
    this.#stopAfter(manifestName)
  }

  #readHead(): { value: T } {
    const [bytes, signature] = [this.#manifest, this.#signature]
    if (bytes === undefined) throw notABundle(this.#name, `it ends within ${manifestName}`)
    let manifest: Manifest
    try {
      manifest = parseManifest(bytes.toString())
    } catch (error) {
      throw notABundle(this.#name, `its ${manifestName} is damaged: ${messageOf(error)}`)
    }
    for (const file of manifest.files) this.#listed.set(file.path, file)
    const head = signature === undefined ? [bytes] : [bytes, signature]
    this.most = tarSize([...head.map(({ length }) => ({ size: length })), ...manifest.files]) + slack
    this.#result = { value: this.#reader.head({ manifest, bytes, signature: signature?.toString('latin1') }) }
    return this.#result
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
      if (sha256 === file.sha256) sink?.end()
      else this.#reader.problem(`${file.path} has sha256 ${sha256}, expected ${file.sha256}`)
      this.#stopAfter(file.path)
    })
  }

  #stopAfter(member: string): void {
    if (member === this.#reader.until) throw new Stopped()
  }
}

/** The refusal of something that never was a bundle, or whose manifest cannot be read. */
export const notABundle = (name: string, why: string): EdgekitError =>
  new EdgekitError(`${name} is not an edgekit bundle: ${why}`, {
    code: 'not-a-bundle',
    remedy: 'Use a .tar.gz as edgekit bundle wrote it; a bundle that was repacked with tar is not accepted.',
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
    case 'FIFO':
      return 'named pipe'
    default:
      return type.toLowerCase()
  }
}
