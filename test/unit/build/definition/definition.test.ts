import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Definition, readDefinition } from '../../../../src/build/definition/definition.ts'
import { imagesNeeded } from '../../../../src/build/definition/inputs.ts'

let directory: string
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'edgekit-definition-'))
})
afterAll(() => rm(directory, { recursive: true }))

async function read(text: string, name = 'my.yaml'): Promise<Definition> {
  const path = join(directory, name)
  await writeFile(path, text)
  return await readDefinition({ path })
}

/** The places and messages of a refusal, with the directory left out. */
async function refusal(text: string): Promise<string> {
  const error = await read(text).then(
    () => new Error('it was taken'),
    (error: Error) => error,
  )
  return error.message.replaceAll(`${directory}/`, '')
}

const version = 'v1.22.0'

test('the edge default contains the broker and a pause image for every containerd', async () => {
  const definition = await readDefinition({ role: 'edge' })
  expect(definition).toMatchObject({
    role: 'edge',
    kubeedge: version,
    architectures: ['amd64', 'arm64'],
    broker: 'docker.io/library/eclipse-mosquitto:2.0',
    binaries: { keadm: { source: `image:kubeedge/installation-package:${version}#/usr/local/bin/keadm` } },
  })
  expect(definition.images.map(({ reference }) => reference)).toEqual([
    'docker.io/library/eclipse-mosquitto:2.0',
    'registry.k8s.io/pause:3.6',
    'registry.k8s.io/pause:3.8',
    'registry.k8s.io/pause:3.10',
  ])
  expect(imagesNeeded(definition, 'arm64').map(({ reference }) => reference)).toContain(
    `docker.io/kubeedge/installation-package:${version}`,
  )
})

describe('a definition that extends another', () => {
  test('merges maps and replaces everything else', async () => {
    const definition = await read(`
extends: edge
kubeedge: v1.23.1
images: [eclipse-mosquitto:2.0]
binaries: { keadm: ./keadm }
`)
    expect(definition.images).toEqual([{ reference: 'docker.io/library/eclipse-mosquitto:2.0' }])
    expect(definition.binaries).toEqual({
      edgecore: { source: 'image:kubeedge/installation-package:v1.23.1#/usr/local/bin/edgecore' },
      keadm: { source: './keadm' },
    })
  })

  test('resolves the paths of each file from its own directory', async () => {
    await mkdir(join(directory, 'base'), { recursive: true })
    await read(
      `
extends: edge
binaries: { keadm: keadm, edgecore: "file:/opt/edgecore" }
runtime: { runc: { source: "https://x.example/runc", sha256: ${'a'.repeat(64)} } }
images: [eclipse-mosquitto:2.0, { reference: "site:1", source: "oci:site" }, { reference: "b:1", source: "docker-daemon:b:1" }]
files: [{ source: ../site.yaml, path: files/site.yaml }]
`,
      'base/base.yaml',
    )
    const definition = await read('extends: base/base.yaml\n')
    expect(definition.binaries).toEqual({
      keadm: { source: './base/keadm' },
      edgecore: { source: 'file:/opt/edgecore' },
    })
    expect(definition.runtime['runc']).toMatchObject({ source: 'https://x.example/runc' })
    expect(definition.files).toEqual([{ source: './site.yaml', path: 'files/site.yaml', mode: 0o644 }])
    expect(definition.images.map(({ source }) => source)).toEqual([
      undefined,
      'oci:./base/site',
      'docker-daemon:b:1',
    ])
  })

  test('names the file of each problem', async () => {
    await writeFile(join(directory, 'base.yaml'), 'extends: edge\nbroker: 7\n')
    expect(await refusal('extends: ./base.yaml\nkubeedge: 1\n')).toBe(
      `the bundle definition my.yaml is invalid in 2 places:
  my.yaml:2:11: kubeedge: expected a string, found the number 1
  base.yaml:2:9: broker: expected a string, found the number 7`,
    )
  })

  test('cannot have another role, also through a file', async () => {
    await writeFile(join(directory, 'base.yaml'), 'extends: edge\n')
    for (const base of ['edge', './base.yaml'])
      expect(await refusal(`extends: ${base}\nrole: cloud\n`)).toBe(
        `the bundle definition my.yaml is invalid:
  my.yaml:2:7: role: cloud cannot extend a definition with the role edge`,
      )
    expect((await read('extends: cloud\nrole: cloud\n')).role).toBe('cloud')
  })

  test('cannot extend itself', async () => {
    expect(await refusal('extends: ./my.yaml\n')).toBe(
      'cannot read the definition my.yaml: it extends itself',
    )
  })
})

test('drops an image that is listed twice', async () => {
  const { images } = await read(
    'extends: edge\nimages: [eclipse-mosquitto:2.0, docker.io/library/eclipse-mosquitto:2.0]\n',
  )
  expect(images).toEqual([{ reference: 'docker.io/library/eclipse-mosquitto:2.0' }])
})

const edge = 'extends: edge\n'

describe('refuses, with place, found and allowed value:', () => {
  test.each<[string, string, string | string[]]>([
    [
      'not closed',
      'images: [a\n',
      '2:1: close the [ of line 1 with ], or indent this line deeper than its key',
    ],
    ['a key twice', 'role: edge\nrole: edge\n', '2:1: duplicate key role'],
    [
      'no such anchor',
      `${edge}broker: *b\n`,
      '2:9: no anchor &b above; a value that begins with * must be quoted',
    ],
    ['a tag', `${edge}broker: !!js/function x\n`, '2:9: tags are not supported'],
    [
      'an alias bomb',
      `a: &a [x,x,x,x,x,x,x,x,x]\n${['b', 'c', 'd']
        .map((key, index) => `${key}: &${key} [${Array(9).fill(`*${'abc'[index]}`).join(',')}]`)
        .join('\n')}\n`,
      '4:32: aliases expand to more than 100 values',
    ],
    ['nothing', '', '1:1: expected a map, found nothing (null)'],
    ['a list', '[]', '1:1: expected a map, found an empty list'],
    [
      'an unknown key',
      `${edge}imges: [a]\n`,
      '2:1: unknown key "imges", did you mean "images"? Allowed: extends, role, kubeedge, architectures, broker,',
    ],
    [
      'an unknown key inside',
      `${edge}binaries:\n  edgcore: x\n`,
      '3:3: unknown key "edgcore" in binaries, did you mean "edgecore"? Allowed: edgecore, keadm',
    ],
    [
      'an unknown key far from all others',
      `${edge}runtime: { kernel: x }\n`,
      '2:12: unknown key "kernel" in runtime. Allowed: containerd, runc, cniPlugins',
    ],
    [
      'a containerd without runc',
      `${edge}runtime: { containerd: ./containerd.tar.gz }\n`,
      '2:10: runtime.runc is missing; containerd requires it',
    ],
    [
      'an unknown key in a list',
      `${edge}files:\n  - { source: a, path: files/a, owner: x }\n`,
      '3:33: unknown key "owner" in files[0]. Allowed: source, path, mode',
    ],
    [
      'several things',
      `${edge}kubeedge: 1.22\narchitectures: amd64\nimages: [a, 5]\n`,
      [
        'in 3 places',
        '2:11: kubeedge: expected a string, found the number 1.22',
        '3:16: architectures: expected a list, found "amd64"',
        '4:13: images[1]: expected a string or a map, found the number 5',
      ],
    ],
    [
      'another version',
      `${edge}kubeedge: "1.22"\n`,
      '2:11: kubeedge: expected a version such as v1.22.0, found "1.22"',
    ],
    [
      'another architecture',
      `${edge}architectures: [x86]\n`,
      '2:17: architectures[0]: expected amd64 or arm64, found "x86"',
    ],
    [
      'no architecture',
      `${edge}architectures: []\n`,
      '2:16: architectures: expected at least 1, found an empty list',
    ],
    ['a missing key', 'role: edge\n', '1:1: kubeedge: missing; expected a string'],
    [
      'a missing binary',
      'role: edge\nkubeedge: v1.22.0\narchitectures: [amd64]\nbroker: a\nimages: [a]\nbinaries: { keadm: ./k }\n',
      '6:11: binaries.edgecore is missing; edge bundles require it',
    ],
    [
      'an interval without saves',
      `${edge}autosaveInterval: 0\n`,
      '2:19: autosaveInterval: expected at least 1, found the number 0',
    ],
    ['an invalid reference', `${edge}broker: "UPPER:1"\n`, '2:9: broker: invalid image reference "UPPER:1"'],
    [
      'a broker that is not in images',
      `${edge}broker: a:1\n`,
      '2:9: the broker docker.io/library/a:1 is missing in images; add it there',
    ],
    [
      'an image source of another kind',
      `${edge}images: [{ reference: a, source: "tar:a" }]\n`,
      '2:34: images[0].source: expected oci:DIR, oci-archive:FILE, docker-archive:FILE or docker-daemon:REFERENCE, found "tar:a"',
    ],
    [
      'http',
      `${edge}binaries: { keadm: "http://x/keadm" }\n`,
      '2:20: binaries.keadm: expected image:REFERENCE#/PATH, https://…, file:PATH or a path, found "http://x/keadm"',
    ],
    [
      'https without a checksum',
      `${edge}binaries: { keadm: "https://x/keadm" }\n`,
      '2:20: binaries.keadm: https://x/keadm requires sha256, or checksums with the URL of a published list',
    ],
    [
      'a relative path in an image',
      `${edge}binaries: { keadm: "image:x:1#keadm" }\n`,
      '2:20: binaries.keadm: expected image:REFERENCE#/PATH',
    ],
    [
      'a bad reference of a program',
      `${edge}binaries: { keadm: "image:NOT#/x" }\n`,
      '2:20: invalid image reference "NOT"',
    ],
    [
      'checksums with a path',
      `${edge}binaries: { keadm: { source: ./k, checksums: "https://x/y" } }\n`,
      '2:46: binaries.keadm: checksums requires an https: source, found ./k',
    ],
    [
      'member with an image',
      `${edge}binaries: { keadm: { source: "image:a#/k", member: k } }\n`,
      '2:52: binaries.keadm: member requires an archive, found image:a#/k',
    ],
    [
      'half a sha256',
      `${edge}binaries: { keadm: { source: "https://x/y", sha256: abc } }\n`,
      '2:53: binaries.keadm.sha256: expected 64 lowercase hexadecimal digits',
    ],
    [
      'an unknown variable',
      `${edge}images: ["a:\${arch}"]\n`,
      '2:10: images[0]: unknown variable ${arch}; allowed: ${kubeedge}',
    ],
    [
      'a file outside of files',
      `${edge}files: [{ source: a, path: files/../bin/a }]\n`,
      '2:28: files[0].path: expected a path below files/',
    ],
    [
      'two files with one path',
      `${edge}files: [{ source: a, path: files/a }, { source: b, path: files/a }]\n`,
      '2:58: two files have the path files/a',
    ],
    [
      'a mirror that is not a URL',
      `${edge}mirrors: { docker.io: x }\n`,
      '2:23: mirrors.docker.io: expected http://… or https://…, found "x"',
    ],
    [
      'a mirror with a password, which is not shown',
      `${edge}mirrors: { docker.io: "https://robot:secret@mirror.example" }\n`,
      '2:23: mirrors.docker.io: the URL contains a user name or password',
    ],
    [
      'a mirror of a URL',
      `${edge}mirrors: { "https://docker.io": "https://mirror.example" }\n`,
      '2:33: mirrors.https://docker.io: https://docker.io is not the host of a registry',
    ],
    [
      'an unknown default',
      'extends: edje\n',
      '1:10: extends: expected edge, cloud or the path of a file, found "edje"',
    ],
  ])('%s', async (_, text, expected) => {
    const message = await refusal(text)
    for (const part of [expected].flat()) expect(message).toContain(part)
    await expect(read(text)).rejects.toMatchObject({ exitCode: 2 })
  })

  test('a missing file is an error', async () => {
    await expect(readDefinition({ path: '/nowhere/my.yaml' })).rejects.toThrow(
      'cannot read the definition /nowhere/my.yaml',
    )
  })

  test('lists ten problems and counts the rest', async () => {
    const message = await refusal(
      `${edge}${Array.from({ length: 15 }, (_, index) => `x${index}: 1\n`).join('')}`,
    )
    expect(message).toContain('in 15 places')
    expect(message.split('\n')).toHaveLength(12)
    expect(message).toContain('and 5 more')
  })
})
