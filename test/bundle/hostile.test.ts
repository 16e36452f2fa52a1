import { generateKeyPairSync } from 'node:crypto'
import { appendFile, mkdir, mkdtemp, readdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { type Entry, tarOf, tinyEntries, tinyFiles, writeTiny } from '../../lab/bundles/tiny-bundle.ts'
import { locateBundle } from '../../src/bundle/locate.ts'
import { sbomName } from '../../src/bundle/manifest.ts'
import { readPublicKey } from '../../src/bundle/signature.ts'
import { verifyLarge, verifyTexts } from '../../src/bundle/verify-unpacked.ts'
import { hashFile } from '../../src/lib/hash/hash-file.ts'
import { localFiles } from '../../src/node/files.ts'

vi.mock('../../src/lib/hash/hash-file.ts', { spy: true })

let scratch: string
let good: Entry[]
beforeAll(async () => {
  scratch = await mkdtemp(join(tmpdir(), 'edgekit-hostile-'))
  good = await tinyEntries()
})
afterAll(() => rm(scratch, { recursive: true, force: true }))

let count = 0
const newPath = () => join(scratch, `bundle-${count++}.tar.gz`)
const temporary = async () => (await readdir('/var/tmp')).filter(name => name.startsWith('edgekit-'))

const bundleAt = (path: string) => locateBundle(path, localFiles())

/** What verify reports. Unpacking must refuse it with the same words and leave nothing behind. */
async function refused(path: string): Promise<string> {
  const before = await temporary()
  const opened = await bundleAt(path)
    .open([])
    .then(
      () => 'opened',
      (error: Error) => error.message,
    )
  const found = await bundleAt(path)
    .verify([])
    .then(
      ({ problems }) => problems.join('\n'),
      (error: Error) => error.message,
    )
  expect(opened).toContain(found.split('\n')[0])
  // Other runs may have theirs there; none of it may be new and ours.
  expect((await temporary()).filter(name => !before.includes(name))).toEqual([])
  return found
}

test('verifies, unpacks and inspects a good bundle', async () => {
  const path = await writeTiny(newPath(), good)
  expect(await bundleAt(path).verify([])).toMatchObject({ signature: 'none', problems: [] })
  const { directory, [Symbol.asyncDispose]: close } = await bundleAt(path).open([])
  expect((await stat(directory)).mode & 0o777).toBe(0o700)
  for (const [name, content] of Object.entries(tinyFiles)) {
    expect(await readFile(join(directory, name), 'utf8')).toBe(content)
  }
  expect((await stat(join(directory, 'edgekit'))).mode & 0o777).toBe(0o755)
  expect(await bundleAt(directory).verify([])).toMatchObject({ problems: [] })
  await close()
  await expect(stat(directory)).rejects.toThrow('ENOENT')
  expect(bundleAt(path).packed?.size).toBe((await stat(path)).size)
  expect(await bundleAt(path).head()).toMatchObject({ signature: undefined })
  expect(await bundleAt(path).text(sbomName)).toBe(tinyFiles[sbomName])
  expect(await bundleAt(path).text('no/such/member')).toBeUndefined()
})

test('hashes a packed bundle once: what is unpacked is not read again until it changes', async () => {
  const files = localFiles()
  await using bundle = await locateBundle(await writeTiny(newPath(), good), files).open([])
  const target = join(bundle.directory, 'edgekit')
  await verifyTexts(bundle, files)
  await verifyLarge(bundle, files, new AbortController().signal)
  expect(hashFile).not.toHaveBeenCalled()
  await writeFile(target, '#!/bin/ed\n')
  await expect(verifyTexts(bundle, files)).rejects.toThrow('edgekit has sha256')
  expect(hashFile).toHaveBeenCalledOnce()
})

test('removes what a killed process left in /var/tmp, and nothing that another one uses', async () => {
  // No process has a number above 2^22 (pid_max of proc_sys_kernel(5)).
  const [abandoned, used] = ['/var/tmp/edgekit-4194305-x', `/var/tmp/edgekit-${process.pid}-used`]
  for (const path of [abandoned, used]) await mkdir(join(path, 'bin'), { recursive: true })
  await using _ = await bundleAt(await writeTiny(newPath(), good)).open([])
  await expect(stat(abandoned)).rejects.toThrow('ENOENT')
  await rm(used, { recursive: true })
})

const at =
  (index: number, ...entries: Entry[]) =>
  (all: Entry[]) =>
    all.toSpliced(index, 0, ...entries)
const without = (path: string) => (all: Entry[]) => all.filter(entry => entry.path !== path)
const changed = (path: string, change: Partial<Entry>) => (all: Entry[]) =>
  all.map(entry => (entry.path === path ? { ...entry, ...change } : entry))

test.each<[string, (all: Entry[]) => Entry[], string]>([
  ['../', at(2, { path: '../evil', content: 'x' }), '"../evil" is not in the manifest'],
  ['an absolute path', at(2, { path: '/etc/evil', content: 'x' }), '"/etc/evil" is not in the manifest'],
  [
    'a symbolic link',
    at(2, { path: 'out', type: 'SymbolicLink', linkpath: '/etc' }),
    '"out" is a symbolic link to "/etc", not a regular file',
  ],
  [
    'a symbolic link in place of a file',
    changed('edgekit', { type: 'SymbolicLink', linkpath: '/bin/sh', content: '' }),
    '"edgekit" is a symbolic link to "/bin/sh", not a regular file',
  ],
  [
    'a hard link',
    at(2, { path: 'out', type: 'Link', linkpath: '/etc/shadow' }),
    '"out" is a hard link to "/etc/shadow", not a regular file',
  ],
  ['a device', at(2, { path: 'disk', type: 'BlockDevice' }), '"disk" is a device, not a regular file'],
  ['a named pipe', at(2, { path: 'pipe', type: 'FIFO' }), '"pipe" is a named pipe, not a regular file'],
  ['a directory', at(2, { path: 'bin/', type: 'Directory' }), '"bin/" is a directory, not a regular file'],
  ['a member twice', all => [...all, all[2] as Entry], '"edgekit" appears twice'],
  ['a second manifest', all => [...all, all[0] as Entry], '"bundle.json" appears twice'],
  [
    'a late signature',
    all => [...all, { path: 'bundle.json.sig', content: 'x' }],
    '"bundle.json.sig" is not in the manifest',
  ],
  ['an extra file', all => [...all, { path: 'more', content: 'x' }], '"more" is not in the manifest'],
  ['a missing file', without('edgekit'), 'edgekit is missing'],
  ['a larger member', changed('edgekit', { content: '#!/bin/sh\nrm' }), 'edgekit has 12 bytes, expected 10'],
  ['a smaller member', changed('edgekit', { content: '#!' }), 'edgekit has 2 bytes, expected 10'],
  ['changed bytes', changed('edgekit', { content: '#!/bin/ed\n' }), 'edgekit has sha256 '],
  ['another mode', changed('edgekit', { mode: 0o4755 }), 'edgekit has mode 4755, expected 755'],
  [
    'a name in an extended header',
    at(2, { path: 'x', type: 'ExtendedHeader', content: '20 path=../../evil2\n' }),
    'extended headers',
  ],
  [
    'another file first',
    all => [all[1] as Entry, ...all.toSpliced(1, 1)],
    'it does not begin with bundle.json',
  ],
  ['no manifest', without('bundle.json'), 'it does not begin with bundle.json'],
  [
    'a manifest that is a link',
    changed('bundle.json', { type: 'SymbolicLink', linkpath: '/etc/passwd', content: '' }),
    'it begins with "bundle.json", a symbolic link to "/etc/passwd"',
  ],
  ['an empty manifest', changed('bundle.json', { content: '{}' }), 'its bundle.json is damaged'],
  [
    'a manifest that lists a path outside',
    changed('bundle.json', { content: '{"files":[{"path":"../x"}]}' }),
    'its bundle.json is damaged',
  ],
  [
    'an endless manifest',
    changed('bundle.json', { content: Buffer.alloc(17 * 1024 * 1024, ' ') }),
    'bundle.json has 17825792 bytes, the limit is 16777216',
  ],
])('refuses a bundle with %s', async (_, change, message) => {
  expect(await refused(await writeTiny(newPath(), change(good)))).toContain(message)
})

test('stops a gzip bomb at the size that the manifest states', async () => {
  const path = newPath()
  const bomb = gzipSync(Buffer.alloc(64 * 1024 * 1024))
  const body = tarOf(good)
  await writeFile(path, gzipSync(body.subarray(0, -1024)))
  for (let times = 0; times < 8; times++) await appendFile(path, bomb)
  expect(await refused(path)).toMatch(/unpacks to more than the \d+ bytes it states/)
})

test('refuses a bundle that is compressed twice', async () => {
  const path = newPath()
  await writeFile(path, gzipSync(gzipSync(tarOf(good))))
  expect(await refused(path)).toContain('it does not begin with bundle.json')
})

test('refuses a truncated bundle, trailing data, and a text', async () => {
  const whole = gzipSync(tarOf(good))
  const [cut, longer, text] = [newPath(), newPath(), newPath()]
  await writeFile(cut, whole.subarray(0, -100))
  await writeFile(longer, Buffer.concat([whole, Buffer.alloc(1000)]))
  await writeFile(text, 'this is not a bundle')
  expect(await refused(cut)).toMatch(/bundle-\d+\.tar\.gz is truncated after \d+ bytes/)
  expect(await refused(longer)).toContain('has trailing data')
  expect(await refused(text)).toContain('is not an edgekit bundle: it is not compressed with gzip')
})

test('verifies everything in the directory of an unpacked bundle', async () => {
  await using bundle = await bundleAt(await writeTiny(newPath(), good)).open([])
  const { directory } = bundle
  await rm(join(directory, 'edgekit'))
  await symlink('/bin/sh', join(directory, 'edgekit'))
  await rm(join(directory, sbomName))
  await mkdir(join(directory, 'more'))
  await writeFile(join(directory, 'more/file'), '')
  await writeFile(join(directory, 'images/broker.tar'), 'x')
  expect((await bundleAt(directory).verify([])).problems).toEqual([
    'meta/sbom.cdx.json is missing',
    'edgekit is a symbolic link, not a regular file',
    'images/broker.tar has 1 bytes, expected 400000',
    '"more/file" is not in the manifest',
  ])
})

test('refuses a foreign, wrong or missing signature before anything is unpacked', async () => {
  const [ours, theirs] = [1, 2].map(() => generateKeyPairSync('ec', { namedCurve: 'P-256' }))
  const pem = ours?.publicKey.export({ type: 'spki', format: 'pem' }).toString() ?? ''
  const keys = [readPublicKey(pem, 'ours.pem')]
  const signed = await tinyEntries(ours?.privateKey)
  const path = await writeTiny(newPath(), signed)
  expect(await bundleAt(path).verify(keys)).toMatchObject({
    signature: 'good',
    signedBy: 'ours.pem',
    problems: [],
  })
  expect(await bundleAt(path).verify([])).toMatchObject({ signature: 'not-checked', problems: [] })

  for (const [entries, message] of [
    [good, 'it is not signed, and a signature by ours.pem is required'],
    [await tinyEntries(theirs?.privateKey), 'its signature was not made by ours.pem'],
    [
      changed('bundle.json.sig', { content: 'no signature' })(signed),
      'its signature was not made by ours.pem',
    ],
    [
      changed('bundle.json', { content: `${String(signed[0]?.content)} ` })(signed),
      'its signature was not made by ours.pem',
    ],
  ] as const) {
    const bad = await writeTiny(newPath(), entries)
    const before = await temporary()
    await expect(bundleAt(bad).verify(keys)).rejects.toThrow(message)
    await expect(bundleAt(bad).open(keys)).rejects.toThrow(message)
    expect((await temporary()).filter(name => !before.includes(name))).toEqual([])
  }
})
