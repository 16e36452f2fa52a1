import { execFileSync } from 'node:child_process'
import { generateKeyPairSync } from 'node:crypto'
import {
  chmod,
  chown,
  lstat,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  rm,
  symlink,
  writeFile,
} from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { startAedes } from '../../../lab/brokers/aedes.ts'
import { tinyEntries } from '../../../lab/bundles/tiny-bundle.ts'
import { packTiny } from '../build/sign/pack-tiny.ts'
import { healthy } from '../checks/healthy.ts'
import { everyCommand } from './every-command.ts'
import { loadEverything, nobody, runAs } from './run-as-user.ts'

let broker: Awaited<ReturnType<typeof startAedes>>
const url = () => `mqtt://127.0.0.1:${broker.port}`

const name = 'kubeedge-edge-v1.22.0-amd64.tar.gz'
let directory: string
const at = (...names: string[]): string => join(directory, ...names)

/** Every flag that names an output, with the words for one that is written to `path`. */
const outputs: { id: string; flag: string; words: (path: string) => string[]; file?: string }[] = [
  ...['text', 'json', 'html'].map(format => ({
    id: 'doctor',
    flag: 'report',
    words: (path: string) => ['--from', at('saved'), '--output', format, '--report', path],
  })),
  { id: 'doctor', flag: 'collect', words: path => ['--timeout', '100ms', '--collect', path] },
  { id: 'broker:test', flag: 'report', words: path => [url(), '--group', 'publish', '--report', path] },
  {
    id: 'sign',
    flag: 'output',
    file: name,
    words: () => [at(name), '--key', at('key.pem'), '--output', at('out')],
  },
  {
    id: 'sign',
    flag: 'output',
    file: `${name}.sha256`,
    words: () => [at(name), '--key', at('key.pem'), '--output', at('out')],
  },
]

/** They need images, an installed broker, or threads: the second is written like a signed bundle, the others like a report. */
const elsewhere = [
  'lock --output',
  'bundle --output',
  'broker:bench --report',
  'broker:tls:device --directory',
]

test('every flag that names an output is here', () => {
  const writing = everyCommand.flatMap(({ id, flags }) =>
    Object.entries(flags).flatMap(([flag, spec]) =>
      spec.type === 'option' &&
      /^(?:FILE|DIR)$/.test(String(spec.helpValue)) &&
      /\bwrite\b|\bdirectory for\b/.test(spec.description ?? '')
        ? [`${id} --${flag}`]
        : [],
    ),
  )
  const known = [...outputs.map(({ id, flag }) => `${id} --${flag}`), ...elsewhere]
  expect(new Set(writing)).toEqual(new Set(known))
})

beforeAll(loadEverything)
beforeAll(async () => {
  broker = await startAedes()
})
afterAll(() => broker.stop())

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'edgekit-outputs-'))
  for (const made of ['out', 'saved', 'other', 'work']) await mkdir(at(made))
  const saved = { schemaVersion: 1, edgekit: '0.1.0', at: '2026-11-30T00:36:00.000Z', facts: healthy() }
  await writeFile(at('saved/facts.json'), JSON.stringify(saved))
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  await writeFile(at('key.pem'), privateKey.export({ type: 'sec1', format: 'pem' }), { mode: 0o644 })
  await packTiny(await tinyEntries(), at(name), at('work'))
  await writeFile(at('shadow'), 'secret', { mode: 0o600 })
})
afterEach(() => rm(directory, { recursive: true }))

/** Everything that belongs to others. */
async function others(): Promise<unknown> {
  const { mode, uid, mtimeMs } = await lstat(at('shadow'))
  const names = await readdir(directory)
  return {
    mode,
    uid,
    mtimeMs,
    text: await readFile(at('shadow'), 'utf8'),
    other: await readdir(at('other')),
    names: names.filter(found => !/^(cache|state)$/.test(found)),
  }
}

/** What a stranger may have put there before, and whether the output is written in spite of it. */
const plants: [string, (path: string) => unknown, boolean][] = [
  ['nothing', () => undefined, true],
  ['an older file', path => writeFile(path, 'older'), true],
  ['a link to a file', path => symlink(at('shadow'), path), true],
  ['a link to nothing', path => symlink(at('absent'), path), true],
  ['a directory', path => mkdir(path), false],
  ['a full directory', path => mkdir(join(path, 'deep'), { recursive: true }), false],
  ['a link to a directory', path => symlink(at('other'), path), false],
  ['a named pipe', path => execFileSync('mkfifo', [path]), false],
  ['a link to a device', path => symlink('/dev/null', path), false],
  ['a temporary directory', path => mkdir(`${path}.edgekit-part/deep`, { recursive: true }), true],
  ['a temporary link', path => symlink(at('shadow'), `${path}.edgekit-part`), true],
]

describe.each(outputs)('$id --$flag $file', ({ id, words, file }) => {
  const command = everyCommand.find(found => found.id === id)
  const path = () => at('out', file ?? 'report')
  const write = async () => {
    if (!command) throw new Error(`no command ${id}`)
    if (process.getuid?.() === 0)
      for (const made of ['.', 'out', 'other']) await chown(at(made), nobody, nobody)
    return await runAs(directory, command.Command, ...words(path()))
  }

  test.each(plants)('%s', async (_, plant, isWritten) => {
    await plant(path())
    const before = await others()
    const planted = await readdir(at('out'))
    const { exitCode, stdout, stderr } = await write()
    expect(await others()).toEqual(before)
    expect(stdout + stderr).not.toMatch(/internal error|EISDIR|edgekit-part|\.edgekit-/)
    if (isWritten) {
      expect([0, 3, 5], stderr).toContain(exitCode)
      expect((await lstat(path())).isFile()).toBe(true)
    } else {
      expect(stderr.replaceAll(/\s+/g, ' ')).toMatch(/cannot write \S+out\S*: /)
      expect(exitCode).toBe(2)
      expect(await readdir(at('out'))).toEqual(planted)
    }
  })

  test('a read-only directory', async () => {
    await chmod(at('out'), 0o555)
    const { exitCode, stderr } = await write()
    if (process.getuid?.() === 0 && process.geteuid?.() === 0) await chmod(at('out'), 0o755)
    expect(stderr.replaceAll(/\s+/g, ' ')).toMatch(/cannot write (?:to )?\S+out\S*: permission denied/)
    expect(exitCode).toBe(2)
    expect(await readdir(at('out'))).toEqual([])
  })
})
