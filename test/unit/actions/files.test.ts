import { createHash } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import type { Action, Inspection } from '../../../src/actions/action.ts'
import { accessFile } from '../../../src/actions/files/access-file.ts'
import { directory } from '../../../src/actions/files/directory.ts'
import { edgecoreConfig } from '../../../src/actions/files/edgecore-config.ts'
import { file } from '../../../src/actions/files/file.ts'
import { link } from '../../../src/actions/files/link.ts'
import { Secret } from '../../../src/lib/secret.ts'
import { type TinyNode, tinyNode } from './tiny-node.ts'

/** Backs files up as a run does. */
const backUpOn = (node: TinyNode) => async (path: string) => {
  const backup = `/backups/${encodeURIComponent(path)}`
  await node.files.write(backup, { copyOf: path, keepTime: true }, { mode: 0o600, ...root })
  return backup
}
/** Simulates writing to a file and reading back. */
const fromJson = <T>(value: T): T => JSON.parse(JSON.stringify(value))

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex')
const root = { uid: 0, gid: 0 }
const fileSpec = {
  path: '/etc/x.conf',
  source: '/bundle/x.conf',
  sha256: sha256('new\n'),
  ours: false,
  mode: 0o640,
  ...root,
}
const directorySpec = { path: '/srv/a/b', ours: true, mode: 0o750, ...root }
const linkSpec = { path: '/etc/link', target: '/opt/target' }
const configSpec = {
  path: '/etc/edgecore.yaml',
  base: 'modules:\n  eventBus:\n    mqttMode: 0 # comment\n',
  values: { 'modules.eventBus.mqttMode': 2 },
  initial: { 'modules.edged.hostnameOverride': 'edge-1' },
}

/** A node with an unpacked bundle and a backup directory. */
async function nodeWithBundle(): Promise<TinyNode> {
  const node = await tinyNode()
  await node.put(fileSpec.source, 'new\n')
  await node.put('/etc/other', '')
  await node.put('/backups/keep', '')
  return node
}

type Case = [what: string, inspection: Inspection, prepare: (node: TinyNode) => Promise<void>]

/** Without backups, which a run removes when it is closed. */
const diskOf = async (node: TinyNode) =>
  Object.fromEntries(Object.entries(await node.disk()).filter(([path]) => !path.startsWith('/backups/')))

/** The contract of every action, from each state a node can be in. */
function holdsContract<Spec, Before>(action: Action<Spec, Before>, spec: Spec, cases: Case[]): void {
  describe.each(cases)('%s', (_, inspection, prepare) => {
    test(`is ${inspection}, and inspecting changes nothing`, async () => {
      const node = await nodeWithBundle()
      await prepare(node)
      const before = await node.disk()
      expect(await action.inspect(spec, node)).toBe(inspection)
      expect(await node.disk()).toEqual(before)
    })

    if (inspection === 'foreign') return

    test('is done after being applied once or twice', async () => {
      const node = await nodeWithBundle()
      await prepare(node)
      await action.apply(spec, node)
      expect(await action.inspect(spec, node)).toBe('done')
      const once = await node.disk()
      await action.apply(spec, node)
      expect(await action.inspect(spec, node)).toBe('done')
      expect(await node.disk()).toEqual(once)
    })

    test('is restored by revert, applied or not', async () => {
      const node = await nodeWithBundle()
      await prepare(node)
      const disk = await diskOf(node)
      for (const apply of [true, false]) {
        const before = fromJson(await action.capture(spec, node, backUpOn(node)))
        if (apply) await action.apply(spec, node)
        for (const _ of ['once', 'twice']) {
          await action.revert(spec, before, node)
          expect(await diskOf(node)).toEqual(disk)
        }
      }
    })
  })
}

describe('file', () => {
  const { path } = fileSpec
  holdsContract(file, fileSpec, [
    ['nothing', 'needed', async () => {}],
    ['the same', 'done', node => node.put(path, 'new\n', 0o640)],
    ['the same with another mode', 'needed', node => node.put(path, 'new\n', 0o644)],
    ['a foreign file', 'foreign', node => node.put(path, 'mine\n', 0o640)],
    ['a directory', 'foreign', node => node.put(`${path}/x`, '')],
    ['a link to the same', 'foreign', node => node.files.link(path, '../bundle/x.conf')],
  ])

  test("may replace any file in edgekit's own directories", async () => {
    const node = await nodeWithBundle()
    await node.put(path, 'mine\n')
    expect(await file.inspect({ ...fileSpec, ours: true }, node)).toBe('needed')
  })

  test('compares owner and group', async () => {
    const node = await nodeWithBundle()
    await node.put(path, 'new\n', 0o640)
    expect(await file.inspect({ ...fileSpec, uid: 1883 }, node)).toBe('needed')
    expect(await file.inspect({ ...fileSpec, gid: 1883 }, node)).toBe('needed')
  })

  test('writes bytes and mode of the spec', async () => {
    const node = await nodeWithBundle()
    await node.put(path, 'old\n', 0o644)
    await file.apply(fileSpec, node)
    expect(await node.disk()).toMatchObject({ [path]: 'new\n 640' })
  })

  test.each([
    ['restored', 'old\n', { [path]: 'old\n 600' }],
    ['removed', undefined, {}],
  ])('cleans up after a killed process when the file is %s', async (_, text, left) => {
    const node = await nodeWithBundle()
    if (text !== undefined) await node.put(path, text, 0o600)
    const before = await file.capture(fileSpec, node, backUpOn(node))
    await node.put(`${path}.edgekit-part`, 'half of i')
    await file.revert(fileSpec, before, node)
    const etc = Object.entries(await node.disk()).filter(([path]) => path.startsWith('/etc/x'))
    expect(Object.fromEntries(etc)).toEqual(left)
  })
})

describe('directory', () => {
  const { path } = directorySpec
  const notOurs = { ...directorySpec, ours: false }

  describe.each([
    ['own', directorySpec, 'needed'],
    ['foreign', notOurs, 'done'],
  ] as const)('%s', (_, spec, withAnotherMode) => {
    holdsContract(directory, spec, [
      ['nothing, nor its parent', 'needed', async () => {}],
      ['only its parent', 'needed', node => node.put('/srv/a/other', '')],
      [
        'the same',
        'done',
        async node => {
          await node.put(`${path}/x`, '')
          await node.files.setAccess(path, { mode: 0o750, ...root })
        },
      ],
      ['another mode', withAnotherMode, node => node.put(`${path}/x`, '')],
      ['a file', 'foreign', node => node.put(path, '')],
      [
        'a link to a directory',
        'foreign',
        async node => {
          await node.put('/srv/a/other/x', '')
          await node.files.link(path, 'other')
        },
      ],
    ])
  })

  test.each(['uid', 'gid'])('compares the %s of own directories only', async id => {
    const node = await nodeWithBundle()
    await directory.apply(directorySpec, node)
    expect(await directory.inspect({ ...directorySpec, [id]: 1883 }, node)).toBe('needed')
    expect(await directory.inspect({ ...notOurs, [id]: 1883 }, node)).toBe('done')
  })

  test('creates parents that every user can enter', async () => {
    const node = await nodeWithBundle()
    await directory.apply(directorySpec, node)
    expect(await node.disk()).toMatchObject({
      '/srv': 'directory 755',
      '/srv/a': 'directory 755',
      '/srv/a/b': 'directory 750',
    })
  })

  test('reverting removes an own directory with its contents', async () => {
    const node = await nodeWithBundle()
    const disk = await node.disk()
    const before = await directory.capture(directorySpec, node, backUpOn(node))
    await directory.apply(directorySpec, node)
    await node.put(`${path}/deeper/x`, '')
    await directory.revert(directorySpec, before, node)
    expect(await node.disk()).toEqual(disk)
  })

  test('reverting keeps the contents of an own directory that existed before', async () => {
    const node = await nodeWithBundle()
    await node.put(`${path}/x`, '')
    const before = await directory.capture(directorySpec, node, backUpOn(node))
    await directory.apply(directorySpec, node)
    await node.put(`${path}/y`, '')
    await directory.revert(directorySpec, before, node)
    const disk = await node.disk()
    expect(disk).toHaveProperty([`${path}/x`])
    expect(disk).toHaveProperty([`${path}/y`])
  })

  test.each([
    ['its parent', directorySpec, '/srv/a/precious', 'cannot remove /srv/a: it is not empty (precious)'],
    [
      "one of somebody else's",
      notOurs,
      '/srv/a/b/precious',
      'cannot remove /srv/a/b: it is not empty (precious)',
    ],
  ])('keeps and names what others put into %s in the meantime', async (_, spec, precious, error) => {
    const node = await nodeWithBundle()
    const before = await directory.capture(spec, node, backUpOn(node))
    await directory.apply(spec, node)
    await node.put(precious, '')
    await expect(directory.revert(spec, before, node)).rejects.toThrow(error)
    const disk = await node.disk()
    expect(disk).toHaveProperty([precious])
    if (spec.ours) expect(disk).not.toHaveProperty(['/srv/a/b'])
  })

  test('leaves what EdgeCore has put beside a shared directory: the node has joined', async () => {
    const node = await nodeWithBundle()
    const shared = { ...notOurs, shared: true as const }
    const before = await directory.capture(shared, node, backUpOn(node))
    await directory.apply(shared, node)
    await node.put('/srv/a/certs/server.crt', '')
    await directory.revert(shared, before, node)
    await directory.revert(shared, before, node)
    const disk = await node.disk()
    expect(disk).toHaveProperty(['/srv/a/certs/server.crt'])
    expect(disk).not.toHaveProperty(['/srv/a/b'])
  })
})

describe('access-file', () => {
  const spec = { path: '/etc/passwd', source: new Secret('new\n', 'test'), mode: 0o600, ...root }
  holdsContract(accessFile, spec, [
    ['a new file', 'needed', async () => {}],
    ['an old file', 'needed', node => node.put(spec.path, 'old', 0o600)],
    ['the right content with another mode', 'needed', node => node.put(spec.path, 'new\n', 0o644)],
    ['the right file', 'done', node => node.put(spec.path, 'new\n', 0o600)],
  ])

  test('without its content, only mode and owner count', async () => {
    const node = await tinyNode()
    const { source: _, ...recorded } = spec
    await node.put(spec.path, 'whatever', 0o600)
    expect(await accessFile.inspect(recorded, node)).toBe('done')
    await node.put(spec.path, 'whatever', 0o644)
    expect(await accessFile.inspect(recorded, node)).toBe('needed')
    await expect(accessFile.apply(recorded, node)).rejects.toThrow('its content is not recorded')
  })

  test('is foreign as a link, and its content is in no record', async () => {
    const node = await tinyNode()
    await node.put('/etc/other', 'x')
    await node.files.link(spec.path, '/etc/other')
    expect(await accessFile.inspect(spec, node)).toBe('foreign')
    expect(JSON.stringify(spec)).not.toContain('new')
  })
})

describe('link', () => {
  const { path, target } = linkSpec
  // An action is reverted only when it was needed: here, when there was no link.
  holdsContract(link, linkSpec, [
    ['nothing', 'needed', async () => {}],
    ['another target', 'foreign', node => node.files.link(path, '/opt/other')],
    ['a file', 'foreign', node => node.put(path, '')],
  ])

  test('is done when the link is right', async () => {
    const node = await nodeWithBundle()
    await node.files.link(path, target)
    expect(await link.inspect(linkSpec, node)).toBe('done')
  })

  test('points to its target', async () => {
    const node = await nodeWithBundle()
    await link.apply(linkSpec, node)
    expect(await node.files.linkTarget(path)).toBe(target)
  })
})

describe('edgecore-config', () => {
  const { path } = configSpec
  holdsContract(edgecoreConfig, configSpec, [
    ['nothing', 'needed', async () => {}],
    ['the values', 'done', node => node.put(path, 'modules: {eventBus: {mqttMode: 2}} # mine\n', 0o600)],
    [
      'another value',
      'needed',
      node => node.put(path, 'modules:\n  eventBus:\n    mqttMode: 0 # mine\n', 0o604),
    ],
    [
      'a value of another type',
      'needed',
      node => node.put(path, 'modules: {eventBus: {mqttMode: "2"}}\n', 0o600),
    ],
    ['an empty file', 'needed', node => node.put(path, '', 0o600)],
    [
      'a link to a file with another value',
      'foreign',
      async node => {
        await node.put('/etc/kept-elsewhere.yaml', 'modules: {eventBus: {mqttMode: 0}}\n')
        await node.files.link(path, 'kept-elsewhere.yaml')
      },
    ],
    [
      'a link to a file with the values',
      'foreign',
      async node => {
        await node.put('/etc/kept-elsewhere.yaml', 'modules: {eventBus: {mqttMode: 2}}\n')
        await node.files.link(path, 'kept-elsewhere.yaml')
      },
    ],
    ['a link to nothing', 'foreign', node => node.files.link(path, 'nowhere')],
    ['a directory', 'foreign', node => node.put(`${path}/x`, '')],
  ])

  test.each([
    [
      "a new file is the bundle's with all values, and private",
      undefined,
      'modules:\n  eventBus:\n    mqttMode: 2 # comment\n  edged:\n    hostnameOverride: edge-1\n 640',
    ],
    [
      'an existing file keeps everything but the values, and its mode',
      'modules:\n  edged: {hostnameOverride: other}\n  eventBus:\n    mqttMode: 0 # mine\n',
      'modules:\n  edged: {hostnameOverride: other}\n  eventBus:\n    mqttMode: 2 # mine\n 604',
    ],
  ])('%s', async (_, text, expected) => {
    const node = await nodeWithBundle()
    if (text !== undefined) await node.put(path, text, 0o604)
    await edgecoreConfig.apply(configSpec, node)
    expect((await node.disk())[path]).toBe(expected)
  })
})

describe.each([
  ['a file', file as Action<unknown>, fileSpec],
  ['a link', link as Action<unknown>, linkSpec],
])('a foreign %s is replaced with --force', (_, action, spec) => {
  test.each([
    ['a link', (node: TinyNode) => node.files.link(spec.path, '/etc/other')],
    ['a file', (node: TinyNode) => node.put(spec.path, 'theirs')],
  ])('%s is restored by revert', async (_, prepare) => {
    const node = await nodeWithBundle()
    await prepare(node)
    const before = await diskOf(node)
    const kept = fromJson(await action.capture(spec, node, backUpOn(node)))
    await action.apply(spec, node)
    expect(await action.inspect(spec, node)).toBe('done')
    await action.revert(spec, kept, node)
    expect(await diskOf(node)).toEqual(before)
  })
})

test('a preview shows texts in full, and binary files by size and hash', async () => {
  const node = await nodeWithBundle()
  await node.put(fileSpec.path, 'old\n')
  expect(await file.preview?.(fileSpec, node)).toEqual({
    path: fileSpec.path,
    before: { text: 'old\n' },
    after: { text: 'new\n' },
  })
  await node.put('/bundle/program', '\0ELF')
  const program = { ...fileSpec, path: '/usr/bin/x', source: '/bundle/program' }
  expect(await file.preview?.(program, node)).toEqual({
    path: '/usr/bin/x',
    before: undefined,
    after: { size: 4, sha256: sha256('\0ELF') },
  })
})

describe('on a full disk', () => {
  const full = Object.assign(new Error('no space left on device'), { code: 'ENOSPC' })

  async function fullNode(): Promise<TinyNode> {
    const node = await nodeWithBundle()
    await node.put(fileSpec.path, 'old\n')
    return node
  }
  const revert = async (node: TinyNode, before: Awaited<ReturnType<typeof file.capture>>) => {
    const files = Object.assign(Object.create(node.files), { write: () => Promise.reject(full) })
    return file.revert(fileSpec, before, Object.assign(Object.create(node), { files }))
  }

  test('a change that was refused is reverted', async () => {
    const node = await fullNode()
    await revert(node, await file.capture(fileSpec, node, backUpOn(node)))
    expect(await node.files.read(fileSpec.path)).toBe('old\n')
  })

  test('a change that was made cannot be reverted', async () => {
    const node = await fullNode()
    const before = await file.capture(fileSpec, node, backUpOn(node))
    await node.put(fileSpec.path, 'new\n')
    await expect(revert(node, before)).rejects.toBe(full)
  })
})
