import { createHash } from 'node:crypto'
import { mkdir, mkdtemp, readFile, rename, rm, symlink, truncate, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import {
  openBundle,
  type UnpackedBundle,
  verifyLarge,
  verifyTexts,
} from '../../../src/bundle/verify-unpacked.ts'
import { localFiles } from '../../../src/node/files.ts'
import { bundleFiles, unpack } from '../install/bundle.ts'

const files = localFiles()
let directory: string
const at = (path: string): string => join(directory, path)

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'edgekit-unpacked-'))
  await unpack(bundleFiles().files, directory)
})
afterEach(() => rm(directory, { recursive: true }))

test('a bundle as it was packed', async () => {
  const bundle = await openBundle(directory, files)
  expect(bundle).toEqual({
    directory,
    manifest: bundleFiles().manifest,
    manifestSha256: createHash('sha256')
      .update(await readFile(at('bundle.json')))
      .digest('hex'),
  })
  await expect(verifyTexts(bundle, files)).resolves.toBeUndefined()
})

const unit = 'systemd/mosquitto.service'
const size = bundleFiles().files.get(unit)?.length ?? 0

async function flipOneBit(path: string): Promise<void> {
  const content = await readFile(path)
  content[100] = (content[100] ?? 0) ^ 1
  await writeFile(path, content)
}

test.each<[what: string, damage: () => Promise<unknown>, message: RegExp]>([
  ['missing', () => rm(at(unit)), /mosquitto\.service is missing$/],
  ['short', () => truncate(at(unit), 100), RegExp(`has 100 bytes, expected ${size}$`)],
  ['long', () => writeFile(at(unit), '!', { flag: 'a' }), RegExp(`has ${size + 1} bytes, expected ${size}$`)],
  ['changed in one bit', () => flipOneBit(at(unit)), /has sha256 [0-9a-f]{64}, expected [0-9a-f]{64}$/],
  [
    'a link to the right content',
    async () => {
      await rename(at(unit), at('elsewhere'))
      await symlink(at('elsewhere'), at(unit))
    },
    /is a symlink, expected a file$/,
  ],
  [
    'a directory',
    async () => {
      await rm(at(unit))
      await mkdir(at(unit))
    },
    /is a directory, expected a file$/,
  ],
])('a file that is %s', async (_, damage, message) => {
  const bundle = await openBundle(directory, files)
  await damage()
  const verified = verifyTexts(bundle, files)
  await expect(verified).rejects.toMatchObject({ name: 'EdgekitError', exitCode: 3 })
  await expect(verified).rejects.toThrow(message)
})

describe('a program of 2 MB', () => {
  const { manifest } = bundleFiles()
  const size = 2_000_000
  const bytes = Buffer.alloc(size, 'x')
  const program = {
    path: 'bin/edgecore',
    mode: 0o755,
    size,
    sha256: createHash('sha256').update(bytes).digest('hex'),
  }
  const unaborted = new AbortController().signal
  let bundle: UnpackedBundle

  beforeEach(async () => {
    await writeFile(at(program.path), bytes)
    bundle = { directory, manifest: { ...manifest, files: [program] }, manifestSha256: '' }
  })

  test('is not among the texts', async () => {
    await expect(verifyLarge(bundle, files, unaborted)).resolves.toBeUndefined()
    await flipOneBit(at(program.path))
    await expect(verifyTexts(bundle, files)).resolves.toBeUndefined()
    await expect(verifyLarge(bundle, files, unaborted)).rejects.toThrow('bin/edgecore has sha256')
  })

  test('that cannot be read is damaged, and one that is not wanted any more is not', async () => {
    const broken = { ...files, sha256: () => Promise.reject(new Error('EIO: i/o error, read')) }
    const verified = verifyLarge(bundle, broken, unaborted)
    await expect(verified).rejects.toMatchObject({ exitCode: 3 })
    await expect(verified).rejects.toThrow('bin/edgecore cannot be read: EIO: i/o error, read')
    const aborted = AbortSignal.abort(new Error('gone'))
    await expect(verifyLarge(bundle, files, aborted)).rejects.toThrow(/^gone$/)
  })
})

test('every damaged file is named, and no other', async () => {
  const bundle = await openBundle(directory, files)
  await Promise.all([rm(at('bin/keadm')), truncate(at('bin/edgecore'), 0)])
  await expect(verifyTexts(bundle, files)).rejects.toThrow(
    `the bundle in ${directory} is damaged:\n  bin/edgecore has 0 bytes, expected 10\n  bin/keadm is missing`,
  )
})

describe('bundle.json', () => {
  const { manifest } = bundleFiles()
  const [file] = manifest.files
  const withPath = (path: string) => ({ ...manifest, files: [{ ...file, path }] })

  test.each<[what: string, content: unknown, message: RegExp]>([
    ['cut off', '{"schemaVersion": 1,', /is damaged: not valid JSON$/],
    ['empty', '', /is damaged: not valid JSON$/],
    ['of a later version', { ...manifest, schemaVersion: 2 }, /is damaged: .*schemaVersion/s],
    ['without a list of files', { ...manifest, files: undefined }, /is damaged: .*files/s],
    ['of an architecture nobody has', { ...manifest, arch: 'x64' }, /is damaged: .*arch/s],
    ...['../evil', 'a/../../evil', 'a/..', './a', '/etc/passwd', '', 'a\nb', '..'].map(
      (path): [string, unknown, RegExp] => [
        `with the path ${JSON.stringify(path)}`,
        withPath(path),
        /is damaged: .*files\[0\]\.path/s,
      ],
    ),
    [
      'with an archive outside',
      { ...manifest, images: [{ ...manifest.images[0], archive: '../../x.tar' }] },
      /is damaged: .*images\[0\]\.archive/s,
    ],
  ])('%s', async (_, content, message) => {
    await writeFile(at('bundle.json'), typeof content === 'string' ? content : JSON.stringify(content))
    const opened = openBundle(directory, files)
    await expect(opened).rejects.toMatchObject({ name: 'EdgekitError', exitCode: 3 })
    await expect(opened).rejects.toThrow(message)
  })

  test('missing: this is no bundle', async () => {
    await rm(at('bundle.json'))
    const opened = openBundle(directory, files)
    await expect(opened).rejects.toMatchObject({ name: 'EdgekitError', exitCode: 2 })
    await expect(opened).rejects.toThrow(`there is no bundle in ${directory}`)
  })

  test('that cannot be read', async () => {
    await rm(at('bundle.json'))
    await mkdir(at('bundle.json'))
    await expect(openBundle(directory, files)).rejects.toMatchObject({ name: 'EdgekitError', exitCode: 3 })
  })
})
