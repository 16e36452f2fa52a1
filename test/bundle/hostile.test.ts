import { generateKeyPairSync } from 'node:crypto'
import { appendFile, mkdir, mkdtemp, readdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Entry, tarOf, tinyEntries, tinyFiles, writeTiny } from '../../lab/bundles/tiny-bundle.ts'
import { verifyBundle } from '../../src/bundle/bundle.ts'
import { inspectBundle, readSbom } from '../../src/bundle/inspect.ts'
import { openPacked } from '../../src/bundle/packed-files.ts'
import { readPublicKey } from '../../src/bundle/signature.ts'
import { withUnpacked } from '../../src/bundle/unpack.ts'

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

/** What verify finds, and that unpacking refuses it with the same words and leaves nothing behind. */
async function refused(path: string): Promise<string> {
  const before = await temporary()
  const packed = openPacked(path)
  const unpacking = await withUnpacked(packed, [], async () => 'used').catch((error: Error) => error.message)
  const found = await verifyBundle(path, []).then(
    ({ problems }) => problems.join('\n'),
    (error: Error) => error.message,
  )
  expect(unpacking).toContain(found.split('\n')[0])
  // Other runs may have theirs there; none of it may be new and ours.
  expect((await temporary()).filter(name => !before.includes(name))).toEqual([])
  return found
}

test('a good one is verified, unpacked and inspected', async () => {
  const path = await writeTiny(newPath(), good)
  expect(await verifyBundle(path, [])).toMatchObject({ signature: 'none', problems: [] })
  const directory = await withUnpacked(openPacked(path), [], async directory => {
    expect((await stat(directory)).mode & 0o777).toBe(0o700)
    for (const [name, content] of Object.entries(tinyFiles)) {
      expect(await readFile(join(directory, name), 'utf8')).toBe(content)
    }
    expect((await stat(join(directory, 'edgekit'))).mode & 0o777).toBe(0o755)
    expect(await verifyBundle(directory, [])).toMatchObject({ problems: [] })
    return directory
  })
  await expect(stat(directory)).rejects.toThrow('ENOENT')
  expect(await inspectBundle(path)).toMatchObject({ isSigned: false, parts: 1 })
  expect(await readSbom(path)).toBe(tinyFiles['meta/sbom.cdx.json'])
})

test('what a killed process left where bundles are unpacked goes at the next time, what another one uses stays', async () => {
  // No process has a number above 2^22 (pid_max of proc_sys_kernel(5)).
  const [abandoned, used] = ['/var/tmp/edgekit-4194305-x', `/var/tmp/edgekit-${process.pid}-used`]
  for (const path of [abandoned, used]) await mkdir(join(path, 'bin'), { recursive: true })
  await withUnpacked(openPacked(await writeTiny(newPath(), good)), [], async () => {})
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
    '"out" is a symbolic link to "/etc", not a plain file',
  ],
  [
    'a symbolic link in the place of a file',
    changed('edgekit', { type: 'SymbolicLink', linkpath: '/bin/sh', content: '' }),
    '"edgekit" is a symbolic link to "/bin/sh", not a plain file',
  ],
  [
    'a hard link',
    at(2, { path: 'out', type: 'Link', linkpath: '/etc/shadow' }),
    '"out" is a hard link to "/etc/shadow", not a plain file',
  ],
  ['a device', at(2, { path: 'disk', type: 'BlockDevice' }), '"disk" is a device, not a plain file'],
  ['a pipe', at(2, { path: 'pipe', type: 'FIFO' }), '"pipe" is a fifo, not a plain file'],
  ['a directory', at(2, { path: 'bin/', type: 'Directory' }), '"bin/" is a directory, not a plain file'],
  ['a member twice', all => [...all, all[2] as Entry], '"edgekit" is in it twice'],
  ['a second manifest', all => [...all, all[0] as Entry], '"bundle.json" is in it twice'],
  [
    'a signature that comes late',
    all => [...all, { path: 'bundle.json.sig', content: 'x' }],
    '"bundle.json.sig" is not in the manifest',
  ],
  ['a file more', all => [...all, { path: 'more', content: 'x' }], '"more" is not in the manifest'],
  ['a file less', without('edgekit'), 'edgekit is missing'],
  ['a larger member', changed('edgekit', { content: '#!/bin/sh\nrm' }), 'edgekit has 12 bytes, expected 10'],
  ['a smaller member', changed('edgekit', { content: '#!' }), 'edgekit has 2 bytes, expected 10'],
  ['other bytes', changed('edgekit', { content: '#!/bin/ed\n' }), 'edgekit has sha256 '],
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
  ['a manifest that is none', changed('bundle.json', { content: '{}' }), 'its bundle.json is damaged'],
  [
    'a manifest that lists a path outside',
    changed('bundle.json', { content: '{"files":[{"path":"../x"}]}' }),
    'its bundle.json is damaged',
  ],
  [
    'a manifest without end',
    changed('bundle.json', { content: Buffer.alloc(17 * 1024 * 1024, ' ') }),
    'bundle.json has 17825792 bytes, at most 16777216 make sense',
  ],
])('refuses a bundle with %s', async (_, change, message) => {
  expect(await refused(await writeTiny(newPath(), change(good)))).toContain(message)
})

test('a gzip bomb is stopped when it has given what the manifest states', async () => {
  const path = newPath()
  const bomb = gzipSync(Buffer.alloc(64 * 1024 * 1024))
  const body = tarOf(good)
  await writeFile(path, gzipSync(body.subarray(0, -1024)))
  for (let times = 0; times < 8; times++) await appendFile(path, bomb)
  expect(await refused(path)).toMatch(/unpacks to more than the \d+ bytes it states/)
})

test('a bundle packed twice is not unpacked twice', async () => {
  const path = newPath()
  await writeFile(path, gzipSync(gzipSync(tarOf(good))))
  expect(await refused(path)).toContain('it does not begin with bundle.json')
})

test('a bundle that was cut off, or goes on behind its end', async () => {
  const whole = gzipSync(tarOf(good))
  const [cut, longer, text] = [newPath(), newPath(), newPath()]
  await writeFile(cut, whole.subarray(0, -100))
  await writeFile(longer, Buffer.concat([whole, Buffer.alloc(1000)]))
  await writeFile(text, 'this is not a bundle')
  expect(await refused(cut)).toContain('ends too early')
  expect(await refused(longer)).toContain('goes on behind the end of the bundle')
  expect(await refused(text)).toContain('is no bundle: it is not packed with gzip')
})

test('an unpacked bundle with something more, less or else in it', async () => {
  const path = await writeTiny(newPath(), good)
  await withUnpacked(openPacked(path), [], async directory => {
    await rm(join(directory, 'edgekit'))
    await symlink('/bin/sh', join(directory, 'edgekit'))
    await rm(join(directory, 'meta/sbom.cdx.json'))
    await mkdir(join(directory, 'more'))
    await writeFile(join(directory, 'more/file'), '')
    await writeFile(join(directory, 'images/broker.tar'), 'x')
    expect((await verifyBundle(directory, [])).problems).toEqual([
      'edgekit is not a plain file',
      'images/broker.tar has 1 bytes, expected 400000',
      '"more/file" is not in the manifest',
      'meta/sbom.cdx.json is missing',
    ])
  })
})

test('a signature by another key, over something else, or missing, is refused before anything is unpacked', async () => {
  const [ours, theirs] = [1, 2].map(() => generateKeyPairSync('ec', { namedCurve: 'P-256' }))
  const pem = ours?.publicKey.export({ type: 'spki', format: 'pem' }).toString() ?? ''
  const keys = [readPublicKey(pem, 'ours.pem')]
  const signed = await tinyEntries(ours?.privateKey)
  const path = await writeTiny(newPath(), signed)
  expect(await verifyBundle(path, keys)).toMatchObject({
    signature: 'good',
    signedBy: 'ours.pem',
    problems: [],
  })
  expect(await verifyBundle(path, [])).toMatchObject({ signature: 'not checked', problems: [] })

  for (const [entries, message] of [
    [good, 'is not signed, and only bundles signed by ours.pem are trusted here'],
    [await tinyEntries(theirs?.privateKey), 'was made by none of ours.pem'],
    [changed('bundle.json.sig', { content: 'no signature' })(signed), 'was made by none of ours.pem'],
    [
      changed('bundle.json', { content: `${String(signed[0]?.content)} ` })(signed),
      'was made by none of ours.pem',
    ],
  ] as const) {
    const bad = await writeTiny(newPath(), entries)
    await expect(verifyBundle(bad, keys)).rejects.toThrow(message)
    let isUsed = false
    const unpacking = withUnpacked(openPacked(bad), keys, async () => {
      isUsed = true
    })
    await expect(unpacking).rejects.toThrow(message)
    expect(isUsed).toBe(false)
  }
})
