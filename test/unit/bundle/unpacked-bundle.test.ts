import { createHash } from 'node:crypto'
import {
  chmod,
  mkdir,
  mkdtemp,
  readFile,
  rename,
  rm,
  stat,
  symlink,
  truncate,
  writeFile,
} from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, dirname, join, relative } from 'node:path'
import { execa } from 'execa'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { OpenBundle } from '../../../src/bundle/bundle.ts'
import { locateBundle } from '../../../src/bundle/locate.ts'
import { memberText, withProgram } from '../../../src/bundle/members.ts'
import { verifyLarge, verifyTexts } from '../../../src/bundle/verify-unpacked.ts'
import { localFiles } from '../../../src/node/files.ts'
import { bundleFiles, unpack } from '../install/bundle.ts'

const files = localFiles()
let directory: string
const at = (path: string): string => join(directory, path)
const open = (): Promise<OpenBundle> => locateBundle(directory, files).open([])
const problemsIn = async (path: string): Promise<string[]> =>
  (await locateBundle(path, localFiles()).verify([])).problems

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'edgekit-unpacked-'))
  const { files, manifest } = bundleFiles()
  await unpack(files, directory)
  for (const { path, mode } of manifest.files) await chmod(at(path), mode)
})
afterEach(() => rm(directory, { recursive: true }))

test('opens a bundle where it is', async () => {
  const bundle = await open()
  expect(bundle).toMatchObject({
    directory,
    manifest: bundleFiles().manifest,
    manifestSha256: createHash('sha256')
      .update(await readFile(at('bundle.json')))
      .digest('hex'),
  })
  await expect(verifyTexts(bundle, files)).resolves.toBeUndefined()
  await bundle[Symbol.asyncDispose]()
  expect(await problemsIn(directory)).toEqual([])
})

const cwd = process.cwd()
describe('verifies an intact bundle', () => {
  afterEach(() => process.chdir(cwd))

  test.each<[string, () => string]>([
    ['/absolute', () => directory],
    ['/absolute/', () => `${directory}/`],
    ['/absolute//', () => `${directory}//`],
    ['/absolute/.', () => `${directory}/.`],
    ['/absolute/../bundle', () => `${directory}/../${basename(directory)}`],
    ['../relative', () => relative(cwd, directory)],
    ['../relative/', () => `${relative(cwd, directory)}/`],
    ['./../relative', () => `./${relative(cwd, directory)}`],
  ])('named by %s', async (_, path) => {
    expect(await problemsIn(path())).toEqual([])
  })

  test.each(['.', './', './.', './bin/..'])('named by %s from inside', async path => {
    process.chdir(directory)
    expect(await problemsIn(path)).toEqual([])
  })
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
      await rename(at(unit), at('meta/elsewhere'))
      await symlink(at('meta/elsewhere'), at(unit))
    },
    /is a symbolic link, not a regular file$/,
  ],
  [
    'a directory',
    async () => {
      await rm(at(unit))
      await mkdir(at(unit))
    },
    /is a directory, not a regular file$/,
  ],
])('verify and install refuse a file that is %s', async (_, damage, message) => {
  const bundle = await open()
  await damage()
  expect((await problemsIn(directory))[0]).toMatch(message)
  const verified = verifyTexts(bundle, files)
  await expect(verified).rejects.toMatchObject({ name: 'EdgekitError', exitCode: 3 })
  await expect(verified).rejects.toThrow(message)
})

test.each<[what: string, change: () => Promise<unknown>, problems: string[]]>([
  ['an extra file', () => writeFile(at('bin/more'), ''), ['"bin/more" is not in the manifest']],
  ['an extra link', () => symlink('/etc', at('etc')), ['"etc" is not in the manifest']],
  ['an extra bit of a mode', () => chmod(at(unit), 0o664), [`${unit} has mode 664, expected 644`]],
  ['a program nobody can execute', () => chmod(at('edgekit'), 0o644), ['edgekit has mode 644, expected 755']],
])('verify reports %s, which install never reads', async (_, change, problems) => {
  await change()
  expect(await problemsIn(directory)).toEqual(problems)
  await expect(verifyTexts(await open(), files)).resolves.toBeUndefined()
})

test('accepts modes restricted by a umask, and empty directories', async () => {
  await chmod(at('edgekit'), 0o700)
  await mkdir(at('empty'))
  expect(await problemsIn(directory)).toEqual([])
})

describe('a program of 2 MB', () => {
  const { manifest } = bundleFiles()
  const size = 2_000_000
  const bytes = Buffer.alloc(size, 'x')
  const program = {
    path: 'bin/edgecore',
    mode: 0o644,
    size,
    sha256: createHash('sha256').update(bytes).digest('hex'),
  }
  const unaborted = new AbortController().signal
  const bundle = () => ({ directory, manifest: { ...manifest, files: [program] }, manifestSha256: '' })

  beforeEach(() => writeFile(at(program.path), bytes))

  test('is not among the texts', async () => {
    await expect(verifyLarge(bundle(), files, unaborted)).resolves.toBeUndefined()
    await flipOneBit(at(program.path))
    await expect(verifyTexts(bundle(), files)).resolves.toBeUndefined()
    await expect(verifyLarge(bundle(), files, unaborted)).rejects.toThrow('bin/edgecore has sha256')
  })

  test('is damaged when it cannot be read, but not when verification is aborted', async () => {
    const broken = {
      ...files,
      sha256: () =>
        Promise.reject(Object.assign(new Error('EIO: i/o error, read'), { errno: -5, syscall: 'read' })),
    }
    const verified = verifyLarge(bundle(), broken, unaborted)
    await expect(verified).rejects.toMatchObject({ exitCode: 3 })
    await expect(verified).rejects.toThrow('bin/edgecore cannot be read: i/o error')
    const aborted = AbortSignal.abort(new Error('gone'))
    await expect(verifyLarge(bundle(), files, aborted)).rejects.toThrow(/^gone$/)
  })
})

test('names every damaged file, and no other', async () => {
  const bundle = await open()
  await Promise.all([rm(at('bin/keadm')), truncate(at('bin/edgecore'), 0)])
  await expect(verifyTexts(bundle, files)).rejects.toThrow(
    `${directory} is damaged:\n  bin/edgecore has 0 bytes, expected 10\n  bin/keadm is missing`,
  )
})

describe('a text', () => {
  const member = 'config/kubeedge/edgecore-config.yaml'
  const text = () => memberText({ directory, manifest: bundleFiles().manifest }, member)

  test('is returned as it was verified', async () => {
    expect(await text()).toBe(await readFile(at(member), 'utf8'))
  })

  test.each<[what: string, change: () => Promise<unknown>, reason: RegExp]>([
    ['of the same size', () => flipOneBit(at(member)), /has sha256 [0-9a-f]{64}, expected [0-9a-f]{64}$/],
    ['that is longer', () => writeFile(at(member), '!', { flag: 'a' }), /cannot be read: it has \d+ bytes/],
    ['that is shorter', () => truncate(at(member), 10), /has 10 bytes, expected \d+$/],
    ['that is missing', () => rm(at(member)), /cannot be read: no such file or directory$/],
    ['behind a link', () => elsewhere(), /cannot be read: it is a symbolic link$/],
    ['in a pipe', () => pipe(), /cannot be read: it is not a regular file$/],
  ])('%s is refused', async (_, change, reason) => {
    await change()
    await expect(text()).rejects.toThrow(reason)
    await expect(text()).rejects.toMatchObject({ name: 'EdgekitError', exitCode: 3 })
  })

  async function elsewhere(): Promise<void> {
    await rename(at(member), at('meta/elsewhere'))
    await symlink(at('meta/elsewhere'), at(member))
  }

  async function pipe(): Promise<void> {
    await rm(at(member))
    await execa('mkfifo', [at(member)])
  }
})

describe('a program to run', () => {
  const member = 'bin/keadm'
  const bundle = { directory, manifest: bundleFiles().manifest, manifestSha256: '' }
  const run = (use: (program: string) => Promise<string>) =>
    withProgram({ ...bundle, directory }, member, localFiles(), use)

  test('is a verified copy in a directory of its own, removed afterward', async () => {
    let copy = ''
    const content = await run(async program => {
      copy = program
      await writeFile(at(member), 'evil')
      expect((await stat(dirname(program))).mode & 0o777).toBe(0o700)
      return readFile(program, 'utf8')
    })
    expect(content).toBe('keadm 1')
    expect(await files.status(dirname(copy))).toBeUndefined()
  })

  test('never runs when it differs from the manifest', async () => {
    await writeFile(at(member), 'evil 1 ')
    const outcome = run(async () => 'was run')
    await expect(outcome).rejects.toMatchObject({ name: 'EdgekitError', exitCode: 3 })
    await expect(outcome).rejects.toThrow('bin/keadm has sha256')
  })
})

describe('bundle.json', () => {
  const { manifest } = bundleFiles()
  const [file] = manifest.files
  const withPath = (path: string) => ({ ...manifest, files: [{ ...file, path }] })

  test.each<[what: string, content: unknown, message: RegExp]>([
    ['truncated', '{"schemaVersion": 1,', /is damaged: bundle.json: not valid JSON$/],
    ['empty', '', /is damaged: bundle.json: not valid JSON$/],
    ['of a later version', { ...manifest, schemaVersion: 2 }, /schemaVersion: expected 1, found 2$/],
    ['without a list of files', { ...manifest, files: undefined }, /files: expected array, found nothing$/],
    [
      'of an unknown architecture',
      { ...manifest, arch: 'x64' },
      /arch: expected amd64 or arm64, found "x64"$/,
    ],
    ...['../evil', 'a/../../evil', 'a/..', './a', '/etc/passwd', '', 'a\nb', '..'].map(
      (path): [string, unknown, RegExp] => [
        `with the path ${JSON.stringify(path)}`,
        withPath(path),
        /files\[0\]\.path: expected a path inside the bundle, found /,
      ],
    ),
    [
      'with an archive outside',
      { ...manifest, images: [{ ...manifest.images[0], archive: '../../x.tar' }] },
      /images\[0\]\.archive: expected a path inside the bundle, found "..\/..\/x.tar"$/,
    ],
  ])('%s is refused', async (_, content, message) => {
    await writeFile(at('bundle.json'), typeof content === 'string' ? content : JSON.stringify(content))
    const opened = open()
    await expect(opened).rejects.toMatchObject({ name: 'EdgekitError', exitCode: 3 })
    await expect(opened).rejects.toThrow(message)
  })

  test('missing: this is not a bundle', async () => {
    await rm(at('bundle.json'))
    expect(open).toThrow(
      `cannot find a bundle at ${directory}: it contains neither bundle.json nor a .tar.gz`,
    )
  })

  test('that cannot be read is an error', async () => {
    await rm(at('bundle.json'))
    await mkdir(at('bundle.json'))
    const opened = open()
    await expect(opened).rejects.toMatchObject({ name: 'EdgekitError', exitCode: 3 })
    await expect(opened).rejects.toThrow('is damaged: bundle.json cannot be read: it is a directory')
  })

  test.each<[what: string, name: string, make: (path: string) => Promise<unknown>, reason: string]>([
    ['a pipe', 'bundle.json', path => execa('mkfifo', [path]), 'it is not a regular file'],
    ['a link to a device', 'bundle.json', path => symlink('/dev/zero', path), 'it is a symbolic link'],
    ['1 GB', 'bundle.json', hole, 'it has 1000000000 bytes, the limit is 16777216'],
    ['a pipe', 'bundle.json.sig', path => execa('mkfifo', [path]), 'it is not a regular file'],
    ['1 GB', 'bundle.json.sig', hole, 'it has 1000000000 bytes, the limit is 4096'],
  ])('%s instead of %s is refused at once', async (_, name, make, reason) => {
    await rm(at(name), { force: true })
    await make(at(name))
    const rss = process.memoryUsage().rss
    for (const read of [open, () => locateBundle(directory, files).verify([])]) {
      const refused = read()
      await expect(refused).rejects.toMatchObject({ name: 'EdgekitError', exitCode: 3 })
      await expect(refused).rejects.toThrow(`is damaged: ${name} cannot be read: ${reason}`)
    }
    expect(process.memoryUsage().rss - rss).toBeLessThan(100_000_000)
  })

  /** Takes no space on the disk. */
  async function hole(path: string): Promise<void> {
    await writeFile(path, '')
    await truncate(path, 1_000_000_000)
  }
})
