import { createHash } from 'node:crypto'
import { constants, lstatSync, renameSync, symlinkSync } from 'node:fs'
import {
  chmod,
  mkdir,
  mkdtemp,
  open,
  readdir,
  readFile,
  rename,
  rm,
  stat,
  symlink,
  truncate,
  writeFile,
} from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { execa } from 'execa'
import { afterEach, beforeEach, describe, expect, onTestFinished, test } from 'vitest'
import { localFiles } from '../../../src/node/files.ts'

const files = localFiles()
const own = { uid: process.getuid?.() ?? 0, gid: process.getgid?.() ?? 0 }
const modeOf = async (path: string): Promise<string> => ((await stat(path)).mode & 0o7777).toString(8)

let directory: string
const at = (...names: string[]): string => join(directory, ...names)

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'edgekit-files-'))
})
afterEach(() => rm(directory, { recursive: true }))

/** A path for each kind of thing, and one with nothing. */
async function allKinds(): Promise<void> {
  await writeFile(at('file'), 'text', { mode: 0o600 })
  await mkdir(at('directory'))
  await symlink('file', at('link'))
  await symlink('nowhere', at('dangling'))
}

describe('status', () => {
  test.each([
    ['a file', 'file', { kind: 'file', size: 4, mode: 0o600, ...own }],
    ['a directory', 'directory', { kind: 'directory', ...own }],
    ['a link is not followed', 'link', { kind: 'symlink', size: 4 }],
    ['a link to nothing', 'dangling', { kind: 'symlink' }],
  ])('%s', async (_, name, expected) => {
    await allKinds()
    expect(await files.status(at(name))).toMatchObject(expected)
  })

  test('a device', async () => {
    expect(await files.status('/dev/null')).toMatchObject({ kind: 'other' })
  })

  test('setuid, setgid and sticky bits', async () => {
    await writeFile(at('program'), '')
    await chmod(at('program'), 0o4755)
    expect((await files.status(at('program')))?.mode).toBe(0o4755)
  })
})

describe('a path that does not exist', () => {
  test.each(['absent', 'absent/deeper', 'file/below'])('%s', async name => {
    await allKinds()
    expect(await files.status(at(name))).toBeUndefined()
    expect(await files.read(at(name))).toBeUndefined()
    expect(await files.list(at(name))).toEqual([])
    await expect(files.remove(at(name))).resolves.toBeUndefined()
    await expect(files.removeTree(at(name))).resolves.toBeUndefined()
  })
})

test.each([
  ['a device that never ends', (path: string) => symlink('/dev/zero', path), 'it is not a regular file'],
  ['a named pipe without a writer', (path: string) => execa('mkfifo', [path]), 'it is not a regular file'],
  [
    'a file of 4 GB',
    (path: string) => writeFile(path, '').then(() => truncate(path, 4 * 2 ** 30)),
    'it has 4294967296 bytes',
  ],
])('does not read %s', async (_, make, reason) => {
  await make(at('hostile'))
  await expect(files.read(at('hostile'))).rejects.toThrow(reason)
  await expect(files.bytes(at('hostile'))).rejects.toThrow(reason)
})

test.each(['head', 'tail'] as const)('%s reads only regular files', async part => {
  await execa('mkfifo', [at('pipe')])
  await symlink('/dev/zero', at('zeros'))
  for (const name of ['pipe', 'zeros'])
    await expect(files[part](at(name), 9)).rejects.toThrow('it is not a regular file')
})

test('reads files of the kernel, which have no size', async () => {
  expect(await files.read('/proc/self/status')).toMatch(/^Name:/)
})

test('throws for other errors, such as reading a directory as a file', async () => {
  await expect(files.read(directory)).rejects.toThrow('it is a directory')
})

test.each([
  ['', 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855'],
  ['abc', 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad'],
  ['a'.repeat(3_000_000), '2a152c894398719c0570f83fac34ac03a0f6e8e474b995c2403aa5434f7b9dd4'],
])('sha256 of %.8s…', async (content, hash) => {
  await writeFile(at('file'), content)
  expect(await files.sha256(at('file'))).toBe(hash)
})

describe('write', () => {
  test.each([
    ['text', 0o640],
    ['text', 0o755],
    ['copyOf', 0o600],
    ['copyOf', 0o4711],
  ] as const)('from %s with mode %o, whatever the umask', async (from, mode) => {
    const umask = process.umask(0o077)
    onTestFinished(() => void process.umask(umask))
    await writeFile(at('source'), 'new')
    const content = from === 'text' ? { text: 'new' } : { copyOf: at('source') }
    await files.write(at('file'), content, { mode, ...own })
    expect(await readFile(at('file'), 'utf8')).toBe('new')
    expect(await modeOf(at('file'))).toBe(mode.toString(8))
    expect((await readdir(directory)).toSorted()).toEqual(['file', 'source'])
  })

  test('replaces a file, while open descriptors still read the old one', async () => {
    await writeFile(at('file'), 'old', { mode: 0o600 })
    await using reader = await open(at('file'), constants.O_RDONLY)
    await files.write(at('file'), { text: 'new' }, { mode: 0o644, ...own })
    expect(await readFile(at('file'), 'utf8')).toBe('new')
    expect(await reader.readFile('utf8')).toBe('old')
    expect(await modeOf(at('file'))).toBe('644')
  })

  test('replaces a link, not its target', async () => {
    await allKinds()
    await files.write(at('link'), { text: 'new' }, { mode: 0o644, ...own })
    expect(await readFile(at('file'), 'utf8')).toBe('text')
    expect(await files.status(at('link'))).toMatchObject({ kind: 'file', size: 3 })
  })

  test.each([
    ['a source that is not there', { copyOf: '/nonexistent/source' }, 'file', 0o644, 'ENOENT'],
    ['a place that is a directory', { text: 'new' }, 'directory', 0o644, 'EISDIR'],
    ['a mode that is none', { text: 'new' }, 'file', 2 ** 33, 'ERR_OUT_OF_RANGE'],
  ])('changes nothing and leaves nothing behind after %s', async (_, content, name, mode, code) => {
    await allKinds()
    await expect(files.write(at(name), content, { mode, ...own })).rejects.toMatchObject({ code })
    expect((await readdir(directory)).toSorted()).toEqual(['dangling', 'directory', 'file', 'link'])
    expect(await readFile(at('file'), 'utf8')).toBe('text')
  })
})

/** What another user can do who may write to the directory: exchange what appears at `path` as soon as it is there. */
function exchange(path: string, target: string): () => number {
  let exchanged = 0
  let isOver = false
  const attempt = (): void => {
    if (isOver) return
    try {
      if (lstatSync(path).isFile()) {
        renameSync(path, `${path}.mine`)
        symlinkSync(target, path)
        exchanged++
      }
    } catch {}
    setImmediate(attempt)
  }
  attempt()
  onTestFinished(() => {
    isOver = true
  })
  return () => exchanged
}

describe('write in a directory of another user', () => {
  test.each([
    ['text', () => ({ text: 'report' })],
    ['bytes', () => ({ bytes: Buffer.alloc(3_000_000, 'x') })],
    ['a copy', () => ({ copyOf: at('source') })],
  ] as const)('leaves the target of a link in place of its temporary file alone: %s', async (_, content) => {
    await writeFile(at('source'), 'x'.repeat(3_000_000))
    await writeFile(at('shadow'), 'secret', { mode: 0o600 })
    const exchanged = exchange(at('report.edgekit-part'), at('shadow'))
    for (let attempt = 0; attempt < 8; attempt++)
      await files.write(at('report'), content(), { mode: 0o644, ...own }).catch(() => undefined)
    expect(exchanged()).toBeGreaterThan(0)
    expect(await modeOf(at('shadow'))).toBe('600')
    expect(await readFile(at('shadow'), 'utf8')).toBe('secret')
  })

  test.each([
    ['a directory', () => mkdir(at('report.edgekit-part/deep'), { recursive: true })],
    ['a link', () => symlink(at('shadow'), at('report.edgekit-part'))],
    ['a file', () => writeFile(at('report.edgekit-part'), 'planted', { mode: 0o666 })],
  ])('writes past %s instead of its temporary file', async (_, plant) => {
    await plant()
    await files.write(at('report'), { text: 'report' }, { mode: 0o644, ...own })
    expect(await readFile(at('report'), 'utf8')).toBe('report')
    expect(await files.status(at('report'))).toMatchObject({ kind: 'file', mode: 0o644 })
    expect(await files.status(at('shadow'))).toBeUndefined()
  })
})

describe('a copy of a file with a known hash', () => {
  const hashOf = (text: string): string => createHash('sha256').update(text).digest('hex')
  const verified = 'v'.repeat(2_000_000)
  const copy = () =>
    files.write(
      at('copy'),
      { copyOf: at('source/program'), sha256: hashOf(verified) },
      { mode: 0o755, ...own },
    )

  beforeEach(async () => {
    await mkdir(at('source'))
    await mkdir(at('evil'))
    await writeFile(at('source/program'), verified)
    await writeFile(at('evil/program'), 'e'.repeat(2_000_000))
    await writeFile(at('copy'), 'before')
    await files.sha256(at('source/program'))
  })

  test('is what was verified, and known', async () => {
    await copy()
    expect(await readFile(at('copy'), 'utf8')).toBe(verified)
    expect(await files.sha256(at('copy'))).toBe(hashOf(verified))
  })

  test.each<[string, () => Promise<unknown>]>([
    ['other bytes', () => writeFile(at('source/program'), 'e'.repeat(2_000_000))],
    ['other bytes behind it', () => writeFile(at('source/program'), 'e', { flag: 'a' })],
    ['fewer bytes', () => writeFile(at('source/program'), 'v')],
    [
      'another directory of that name',
      async () => {
        await rename(at('source'), at('away'))
        await rename(at('evil'), at('source'))
      },
    ],
    [
      'a link to the right bytes',
      async () => {
        await rename(at('source/program'), at('program'))
        await symlink(at('program'), at('source/program'))
      },
    ],
    ['a pipe', () => replaced('pipe')],
    ['a directory', () => replaced('directory')],
    ['nothing', () => rm(at('source/program'))],
  ])('is refused, and nothing is left: %s', async (_, change) => {
    await change()
    await expect(copy()).rejects.toThrow(`${at('source/program')} changed after it was verified`)
    expect(await readFile(at('copy'), 'utf8')).toBe('before')
    expect((await readdir(directory)).filter(name => name.includes('part'))).toEqual([])
  })

  async function replaced(kind: 'pipe' | 'directory'): Promise<void> {
    await rm(at('source/program'))
    if (kind === 'pipe') await execa('mkfifo', [at('source/program')])
    else await mkdir(at('source/program'))
  }

  test('never is something else while directories are exchanged', async () => {
    let isOver = false
    const toggle = (): void => {
      if (isOver) return
      renameSync(at('source'), at('away'))
      renameSync(at('evil'), at('source'))
      renameSync(at('away'), at('evil'))
      setImmediate(toggle)
    }
    toggle()
    const results: string[] = []
    for (let attempt = 0; attempt < 60 && new Set(results).size < 2; attempt++) {
      await rm(at('copy'), { force: true })
      const outcome = await copy().then(
        () => 'copied',
        () => 'refused',
      )
      const isVerified = outcome === 'refused' || (await readFile(at('copy'), 'utf8')) === verified
      results.push(isVerified ? outcome : 'something else')
    }
    isOver = true
    expect(new Set(results)).toEqual(new Set(['copied', 'refused']))
  })
})

describe('link', () => {
  test('creates a link and replaces it', async () => {
    await files.link(at('link'), '/one')
    expect(await files.linkTarget(at('link'))).toBe('/one')
    await files.link(at('link'), '/two')
    expect(await files.linkTarget(at('link'))).toBe('/two')
    expect(await readdir(directory)).toEqual(['link'])
  })

  test('leaves nothing behind when a directory is in the way', async () => {
    await mkdir(at('link'))
    await expect(files.link(at('link'), '/one')).rejects.toThrow()
    expect(await readdir(directory)).toEqual(['link'])
  })
})

describe('makeDirectory', () => {
  test.each([0o755, 0o700, 0o1777])('sets mode %o regardless of the umask', async mode => {
    const umask = process.umask(0o077)
    onTestFinished(() => void process.umask(umask))
    await files.makeDirectory(at('new'), { mode, ...own })
    expect(await modeOf(at('new'))).toBe(mode.toString(8))
  })

  test.each([
    ['one that is there', 'directory', 'EEXIST'],
    ['one whose parent is missing', 'absent/new', 'ENOENT'],
  ])('refuses %s', async (_, name, code) => {
    await allKinds()
    await expect(files.makeDirectory(at(name), { mode: 0o755, ...own })).rejects.toMatchObject({ code })
  })
})

test('setAccess changes the mode of a file', async () => {
  await allKinds()
  await files.setAccess(at('directory'), { mode: 0o711, ...own })
  expect(await modeOf(at('directory'))).toBe('711')
})

describe('remove', () => {
  test.each(['file', 'directory', 'link', 'dangling'])('a %s', async name => {
    await allKinds()
    await files.remove(at(name))
    const left = ['dangling', 'directory', 'file', 'link'].filter(other => other !== name)
    expect((await readdir(directory)).toSorted()).toEqual(left)
  })

  test('refuses a directory that is not empty', async () => {
    await allKinds()
    await writeFile(at('directory', 'precious'), '')
    await expect(files.remove(at('directory'))).rejects.toMatchObject({ code: 'ENOTEMPTY' })
    expect(await readdir(at('directory'))).toEqual(['precious'])
  })
})

describe('removeTree', () => {
  test('removes a directory and its content', async () => {
    await allKinds()
    await mkdir(at('directory', 'deeper'))
    await writeFile(at('directory', 'deeper', 'file'), '')
    await files.removeTree(at('directory'))
    expect((await readdir(directory)).toSorted()).toEqual(['dangling', 'file', 'link'])
  })

  test('removes links, not their targets', async () => {
    await allKinds()
    await mkdir(at('precious'))
    await writeFile(at('precious', 'file'), '')
    await symlink('../precious', at('directory', 'link'))
    await files.removeTree(at('directory'))
    expect(await readdir(at('precious'))).toEqual(['file'])
  })
})

test('reads a link to /dev/null, which masks a unit, as an empty file', async () => {
  await symlink('/dev/null', at('mosquitto.service'))
  expect(await files.read(at('mosquitto.service'))).toBe('')
})
