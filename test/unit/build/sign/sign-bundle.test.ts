import { generateKeyPairSync, type KeyObject, sign as signWith } from 'node:crypto'
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gunzipSync, gzipSync } from 'node:zlib'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { tinyEntries } from '../../../../lab/bundles/tiny-bundle.ts'
import { signBundle } from '../../../../src/build/sign/sign-bundle.ts'
import { locateBundle } from '../../../../src/bundle/locate.ts'
import { localFiles } from '../../../../src/node/files.ts'
import { packTiny } from './pack-tiny.ts'

const [ours, theirs] = [1, 2].map(() => generateKeyPairSync('ec', { namedCurve: 'P-256' }))
const name = 'kubeedge-edge-v1.22.0-amd64.tar.gz'

let scratch: string
const at = (...names: string[]): string => join(scratch, ...names)
beforeEach(async () => {
  scratch = await mkdtemp(join(tmpdir(), 'edgekit-sign-'))
  await mkdir(at('work'))
})
afterEach(() => rm(scratch, { recursive: true }))

const never = new AbortController().signal

/** A bundle as a build writes it. */
async function build(directory: string, key = ours?.privateKey, partSize?: number): Promise<string> {
  await mkdir(at(directory))
  const { paths } = await packTiny(await tinyEntries(key), at(directory, name), at('work'), partSize)
  return paths[0] ?? ''
}

const signed = (path: string, by: KeyObject | string | undefined = ours?.privateKey, signal = never) =>
  signBundle(locateBundle(path, localFiles()), { by: by ?? '', outputDirectory: at('signed'), signal })

/** The files of a directory, by name. */
const filesIn = async (directory: string) =>
  Object.fromEntries(
    await Promise.all(
      (await readdir(at(directory))).map(async file => [file, await readFile(at(directory, file), 'hex')]),
    ),
  )

test.each([
  ['an unsigned bundle', undefined, undefined],
  ['a bundle that somebody else signed', theirs?.privateKey, undefined],
  ['a bundle in parts', undefined, 1500],
  ['a signed bundle in parts', theirs?.privateKey, 1500],
])('%s becomes what a build with the key writes', async (_, key, partSize) => {
  await build('expected', ours?.privateKey, partSize)
  const path = await build('unsigned', key ?? undefined, partSize)
  const before = await filesIn('unsigned')
  const { paths, checksums } = await signed(path)
  expect(await filesIn('signed')).toEqual(await filesIn('expected'))
  expect(await filesIn('unsigned')).toEqual(before)
  expect([...paths, checksums].toSorted()).toEqual(
    (await readdir(at('expected'))).map(file => at('signed', file)),
  )
})

test('a signature that was made elsewhere is inserted', async () => {
  const path = await build('unsigned', undefined)
  const { bytes } = await locateBundle(path, localFiles()).head()
  const text = `${signWith('sha256', bytes, ours?.privateKey as KeyObject).toString('base64')}\n`
  const { paths } = await signed(path, text)
  const bundle = locateBundle(paths[0] ?? '', localFiles())
  const keys = [{ name: 'ours', key: ours?.publicKey as KeyObject }]
  expect(await bundle.verify(keys)).toMatchObject({ signature: 'good', problems: [] })
})

/** Nothing may be left in place of a signed bundle, and nothing changed in what was to be signed. */
async function expectNothing(signing: () => Promise<unknown>, message: string): Promise<void> {
  const before = await filesIn('unsigned')
  await expect(signing()).rejects.toThrow(message)
  expect(await readdir(scratch)).toEqual(['unsigned', 'work'])
  expect(await filesIn('unsigned')).toEqual(before)
}

test.each([
  [
    'damaged',
    (bytes: Buffer) => Buffer.from(bytes.fill(0, bytes.length - 900, bytes.length - 800)),
    'is damaged',
  ],
  ['truncated', (bytes: Buffer) => bytes.subarray(0, -500), 'is truncated'],
  ['extended', (bytes: Buffer) => Buffer.concat([bytes, Buffer.from('more')]), 'is damaged'],
  [
    'compressed again',
    (bytes: Buffer) => gzipSync(gunzipSync(bytes)),
    'it was compressed again after it was built',
  ],
  ['no bundle', () => gzipSync(Buffer.alloc(2048)), 'is not an edgekit bundle'],
])('a bundle that is %s is not signed', async (_, change, message) => {
  const path = await build('unsigned', undefined)
  await writeFile(path, change(await readFile(path)))
  await expectNothing(() => signed(path), message)
})

test('neither an unpacked bundle nor one into its own directory is signed', async () => {
  const path = await build('unsigned', undefined)
  const bundle = locateBundle(path, localFiles())
  const own = { by: ours?.privateKey as KeyObject, outputDirectory: at('work/../unsigned'), signal: never }
  await expectNothing(() => signBundle(bundle, own), `cannot write the signed bundle to ${at('unsigned')}`)
  const unpacked = { ...bundle, packed: undefined }
  await expectNothing(() => signBundle(unpacked, { ...own, outputDirectory: at('signed') }), 'it is unpacked')
})

test('an interrupted signing leaves nothing', async () => {
  const path = await build('unsigned', undefined)
  await expectNothing(
    () => signed(path, ours?.privateKey, AbortSignal.abort(new Error('interrupted'))),
    'interrupted',
  )
})

test('an older signed bundle is replaced, its other parts too', async () => {
  const path = await build('unsigned', undefined, 4000)
  await build('signed', theirs?.privateKey, 1500)
  await build('expected', ours?.privateKey, 4000)
  await signed(path)
  expect(await filesIn('signed')).toEqual(await filesIn('expected'))
})
