import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { EdgekitError } from '../lib/errors.ts'
import { locateBundle } from './locate.ts'
import { type Manifest, sbomName } from './manifest.ts'
import type { Head } from './packed-members.ts'
import { readArchive } from './read-packed.ts'
import { readHead } from './unpacked-bundle.ts'

export interface Inspection {
  manifest: Manifest
  isSigned: boolean
  /** Bytes of the packed bundle, all parts together; undefined for an unpacked one. */
  packedSize: number | undefined
  /** How many files it was split into; 1 when it was not. */
  parts: number
}

const inspectionOf = ({ manifest, signature }: Head, sizes: number[]): Inspection => ({
  manifest,
  isSigned: signature !== undefined,
  packedSize: sizes.length === 0 ? undefined : sizes.reduce((sum, size) => sum + size, 0),
  parts: Math.max(1, sizes.length),
})

/** What a bundle says of itself. Reads its beginning and nothing else. Throws EdgekitError. */
export async function inspectBundle(path: string): Promise<Inspection> {
  const { directory, packed } = locateBundle(path)
  if (directory !== undefined) return inspectionOf(await readHead(directory), [])
  let head: Head | undefined
  await readArchive(packed, {
    head(found) {
      head = found
      return 'stop'
    },
    problem: refuse(path),
  })
  return inspectionOf(
    head as Head,
    packed.files.map(({ size }) => size),
  )
}

/** The bundle's SBOM, after a look at its hash. Of a packed bundle no more is read than up to it. Throws EdgekitError. */
export async function readSbom(path: string): Promise<string> {
  const { directory, packed } = locateBundle(path)
  const problem = refuse(path)
  if (directory !== undefined) {
    const { manifest } = await readHead(directory)
    const bytes = await readFile(join(directory, sbomName)).catch(() => problem(`${sbomName} is missing`))
    const expected = manifest.files.find(file => file.path === sbomName)?.sha256
    if (createHash('sha256').update(bytes).digest('hex') !== expected) problem(`${sbomName} was changed`)
    return bytes.toString()
  }
  const parts: Buffer[] = []
  let isRead = false
  await readArchive(packed, {
    head: () => undefined,
    file(file) {
      if (file.path !== sbomName) return undefined
      return {
        data: bytes => parts.push(Buffer.from(bytes)),
        end() {
          isRead = true
          return 'stop'
        },
      }
    },
    problem,
  })
  return isRead ? Buffer.concat(parts).toString() : problem(`${sbomName} is missing`)
}

const refuse =
  (path: string) =>
  (problem: string): never => {
    throw new EdgekitError(`${path} is damaged: ${problem}`, {
      code: 'bundle-damaged',
      remedy: 'Copy the bundle again. What is wrong in all of it: edgekit verify BUNDLE',
    })
  }
