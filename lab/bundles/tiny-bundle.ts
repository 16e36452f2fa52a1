import { createHash, type KeyObject } from 'node:crypto'
import { writeFile } from 'node:fs/promises'
import { gzipSync } from 'node:zlib'
import { Header, type HeaderData } from 'tar'
import { sign } from '../../src/build/sign/sign.ts'
import { formatManifest, type Manifest } from '../../src/bundle/manifest.ts'

/** One member of a hand-made archive: any header, and the bytes behind it. */
export interface Entry extends HeaderData {
  path: string
  content?: string | Buffer
}

/** The content of the tiny bundle. */
export const tinyFiles: Record<string, string> = {
  'meta/sbom.cdx.json': '{"bomFormat":"CycloneDX"}\n',
  edgekit: '#!/bin/sh\n',
  'bin/edgekit': 'a program '.repeat(1000),
  'images/broker.tar': 'a layer '.repeat(50_000),
}

const modeOf = (path: string): number => (path.includes('edgekit') ? 0o755 : 0o644)

/** The manifest of a bundle with a few small files. */
function tinyManifest(files: Record<string, string> = tinyFiles): Manifest {
  return {
    schemaVersion: 1,
    name: 'kubeedge-edge',
    role: 'edge',
    kubeedgeVersion: 'v1.22.0',
    arch: 'amd64',
    edgekitVersion: '0.1.0',
    broker: { image: 'docker.io/library/eclipse-mosquitto:2.0' },
    lockDigest: `sha256:${'0'.repeat(64)}`,
    images: [],
    disk: 0,
    files: Object.entries(files).map(([path, content]) => ({
      path,
      size: Buffer.byteLength(content),
      mode: modeOf(path),
      sha256: createHash('sha256').update(content).digest('hex'),
    })),
  }
}

/** All entries of a valid bundle, in order. */
export async function tinyEntries(key?: KeyObject): Promise<Entry[]> {
  const manifest = formatManifest(tinyManifest())
  return [
    { path: 'bundle.json', content: manifest },
    ...(key ? [{ path: 'bundle.json.sig', content: await sign(Buffer.from(manifest), key) }] : []),
    ...Object.entries(tinyFiles).map(([path, content]) => ({ path, content, mode: modeOf(path) })),
  ]
}

/** A tar of these entries with correct checksums and no other validation. */
export function tarOf(entries: readonly Entry[]): Buffer {
  const blocks = entries.flatMap(({ content = '', ...fields }) => {
    const bytes = Buffer.from(content)
    const block = Buffer.alloc(512)
    new Header({
      type: 'File',
      mode: 0o644,
      uid: 0,
      gid: 0,
      mtime: new Date(0),
      size: bytes.length,
      ...fields,
    }).encode(block)
    return [block, bytes, Buffer.alloc(-bytes.length & 511)]
  })
  return Buffer.concat([...blocks, Buffer.alloc(1024)])
}

/** A .tar.gz of entries. */
export async function writeTiny(path: string, entries: readonly Entry[]): Promise<string> {
  await writeFile(path, gzipSync(tarOf(entries)))
  return path
}
