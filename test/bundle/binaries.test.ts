import { createHash } from 'node:crypto'
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { execa } from 'execa'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { program } from '../../lab/bundles/program.ts'
import { type SmallBundle, smallBundle, smallDefinition } from '../../lab/bundles/small-bundle.ts'
import { type HttpsFiles, startHttpsFiles } from '../../lab/registry/https-files.ts'
import type { Manifest } from '../../src/bundle/manifest.ts'
import { besidesProgress } from '../progress.ts'

const sha256 = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex')

let small: SmallBundle
let server: HttpsFiles
beforeAll(async () => {
  ;[small, server] = await Promise.all([smallBundle(), startHttpsFiles()])
}, 300_000)
afterAll(async () => {
  await Promise.all([small.remove(), server.stop()])
})

let directory: string
beforeEach(async () => {
  directory = await mkdtemp(join(small.directory, 'sources-'))
  server.files.clear()
  server.requests.length = 0
})

/** Run `edgekit COMMAND -f my.yaml` on the definition `more` makes of the small one. */
async function edgekit(command: string, more: string, env: Record<string, string> = {}) {
  const base = more.startsWith('images:') ? smallDefinition.replace(/^images:.*\n/m, '') : smallDefinition
  await writeFile(join(directory, 'my.yaml'), base + more)
  const options = ['-f', 'my.yaml', '--registry-mirror', `docker.io=${small.registry.url}`]
  const { exitCode, stdout, stderr } = await execa(small.edgekit, [...command.split(' '), ...options], {
    cwd: directory,
    reject: false,
    env: { XDG_CACHE_HOME: join(directory, 'cache'), NODE_EXTRA_CA_CERTS: server.certificate, ...env },
  })
  return { exitCode, stdout, stderr: besidesProgress(stderr).replaceAll(/\s*\n\s*/g, ' ') }
}
const bundle = (more: string, env?: Record<string, string>) =>
  edgekit('bundle --arch arm64 -o out', more, env)

const archiveFor = (arch: string): string => join(directory, `out/kubeedge-edge-v1.22.0-${arch}.tar.gz`)
async function member(path: string): Promise<Buffer> {
  const { stdout } = await execa('tar', ['xzOf', archiveFor('arm64'), path], { encoding: 'buffer' })
  return Buffer.from(stdout)
}

/** A tar.gz of files, as releases are published. */
async function archiveOf(files: Record<string, Buffer>): Promise<Buffer> {
  const tree = await mkdtemp(join(small.directory, 'tree-'))
  for (const [path, content] of Object.entries(files)) {
    await mkdir(join(tree, path, '..'), { recursive: true })
    await writeFile(join(tree, path), content, { mode: 0o755 })
  }
  const { stdout } = await execa('tar', ['czf', '-', '-C', tree, '.'], { encoding: 'buffer' })
  return Buffer.from(stdout)
}

test('takes files from URLs, from archives and from the disk, for both architectures', async () => {
  const sums: string[] = []
  for (const arch of ['amd64', 'arm64'] as const) {
    const containerd = await archiveOf({
      'bin/containerd': program(arch, 5000),
      'bin/containerd-stress': program(arch, 1000),
      'bin/ctr': program(arch, 1500),
      'bin/run.sh': Buffer.from('#!'),
    })
    const keadm = await archiveOf({ [`keadm-${arch}/keadm`]: program(arch, 3000), LICENSE: Buffer.from('x') })
    server.files.set(`/containerd-${arch}.tar.gz`, containerd)
    server.files.set(`/keadm-${arch}.tar.gz`, keadm)
    server.files.set(`/runc.${arch}`, program(arch, 4000))
    sums.push(`${sha256(containerd)}  containerd-${arch}.tar.gz`, `${sha256(keadm)} *keadm-${arch}.tar.gz`)
    await writeFile(join(directory, `edgecore-${arch}`), program(arch, 2000))
  }
  server.files.set('/SHA256SUMS', Buffer.from(sums.join('\n')))
  await writeFile(join(directory, 'site.yaml'), 'site: 7\n')
  const definition = `
binaries:
  edgecore: ./edgecore-\${arch}
  keadm:
    source: ${server.url}/keadm-\${arch}.tar.gz
    checksums: ${server.url}/SHA256SUMS
    member: keadm-\${arch}/keadm
runtime:
  containerd: { source: "${server.url}/containerd-\${arch}.tar.gz", checksums: "${server.url}/SHA256SUMS" }
  runc:
    source: ${server.url}/runc.\${arch}
    sha256: { amd64: ${sha256(program('amd64', 4000))}, arm64: ${sha256(program('arm64', 4000))} }
files:
  - { source: site.yaml, path: files/etc/site.yaml }
`
  expect(await edgekit('bundle -o out', definition)).toMatchObject({ exitCode: 0, stderr: '' })
  for (const arch of ['amd64', 'arm64'] as const) {
    const unpacked = await mkdtemp(join(directory, arch))
    await execa('tar', ['xzf', archiveFor(arch), '-C', unpacked])
    const content = (path: string) => readFile(join(unpacked, path))
    expect(await content('bin/edgecore')).toEqual(program(arch, 2000))
    expect(await content('bin/keadm')).toEqual(program(arch, 3000))
    expect(await content('runtime/bin/runc')).toEqual(program(arch, 4000))
    expect(await content('runtime/bin/containerd')).toEqual(program(arch, 5000))
    const { files } = JSON.parse((await content('bundle.json')).toString()) as Manifest
    const entry = (path: string) => files.find(file => file.path === path)
    const runtime = files.map(({ path }) => path).filter(path => /^runtime|containerd/.test(path))
    expect(runtime.toSorted()).toEqual([
      'runtime/bin/containerd',
      'runtime/bin/ctr',
      'runtime/bin/runc',
      'systemd/containerd.service',
    ])
    expect(entry('runtime/bin/runc')).toMatchObject({ mode: 0o755, sha256: sha256(program(arch, 4000)) })
    expect(entry('files/etc/site.yaml')).toMatchObject({ mode: 0o644, size: 8 })
  }
  // Each file was fetched once, to see what it is and to have it.
  const fetched = server.requests.filter(request => !request.endsWith('SHA256SUMS'))
  expect(fetched.toSorted()).toEqual([...new Set(fetched)].toSorted())

  const without = await member('bundle.json')
  expect(await edgekit('lock', definition)).toMatchObject({ exitCode: 0 })
  server.files.delete('/SHA256SUMS')
  expect(await edgekit('bundle --frozen --arch arm64 -o out', definition)).toMatchObject({
    exitCode: 0,
    stderr: '',
  })
  expect((await member('bundle.json')).equals(without)).toBe(true)
})

const keadm = (source: string): string => `binaries: { keadm: ${source} }\n`

describe('refuses, and leaves nothing behind:', () => {
  const right = program('arm64', 3000)
  const wrong = program('amd64', 3000)
  const url = (): string => `${server.url}/keadm`

  test.each<[string, () => Promise<string> | string, string[]]>([
    [
      'another sha256 than the definition has',
      () => {
        server.files.set('/keadm', wrong)
        return keadm(`{ source: "${url()}", sha256: ${sha256(right)} }`)
      },
      [`/keadm: expected content with digest sha256:${sha256(right)}, received sha256:${sha256(wrong)}`],
    ],
    [
      'another sha256 than the published one',
      () => {
        server.files.set('/keadm', wrong).set('/sums', Buffer.from(`${sha256(right)}  keadm\n`))
        return keadm(`{ source: "${url()}", checksums: "${server.url}/sums" }`)
      },
      [`/keadm: expected content with digest sha256:${sha256(right)}, received sha256:${sha256(wrong)}`],
    ],
    [
      'a list of checksums that does not have it',
      () => {
        server.files.set('/keadm', right).set('/sums', Buffer.from(`${sha256(right)}  other\n`))
        return keadm(`{ source: "${url()}", checksums: "${server.url}/sums" }`)
      },
      ['/sums has no checksum for'],
    ],
    [
      'a file that is not there',
      () => keadm(`{ source: "${url()}", sha256: ${sha256(right)} }`),
      ['/keadm: HTTP 404'],
    ],
    [
      'another sha256 of a local file',
      async () => {
        await writeFile(join(directory, 'keadm'), wrong)
        return keadm(`{ source: ./keadm, sha256: ${sha256(right)} }`)
      },
      [`./keadm: expected sha256 ${sha256(right)}, found ${sha256(wrong)}`],
    ],
    [
      'another sha256 of a file in an image',
      () =>
        keadm(
          `{ source: "image:kubeedge/installation-package:v1.22.0#/usr/local/bin/keadm", sha256: ${sha256(right)} }`,
        ),
      [`#/usr/local/bin/keadm: expected sha256 ${sha256(right)}, found `],
    ],
    [
      'a local file that is not there',
      () => keadm('./absent'),
      ['cannot read', '/absent: no such file or directory'],
    ],
    [
      'a program for another architecture',
      async () => {
        await writeFile(join(directory, 'keadm'), wrong)
        return keadm('./keadm')
      },
      ['bin/keadm (from ./keadm): expected a program for arm64, found amd64'],
    ],
    [
      'a web page instead of a program',
      () => {
        server.files.set('/keadm', Buffer.from('<html>'))
        return keadm(`{ source: "${url()}", sha256: ${sha256(Buffer.from('<html>'))} }`)
      },
      ['expected a program for arm64, found not an ELF executable'],
    ],
    [
      'the login page of a network',
      () => {
        server.files.set('/keadm', Buffer.from('<!DOCTYPE html><title>Welcome</title>'))
        return keadm(`{ source: "${url()}", sha256: ${sha256(right)} }`)
      },
      ['the server returned a web page', 'in a browser and sign in'],
    ],
    [
      'a URL without a file',
      () => keadm(`{ source: "${server.url}/nothing", sha256: ${sha256(right)} }`),
      ['HTTP 404', 'Correct the URL, or use another one'],
    ],
    [
      'a host that does not exist',
      () => keadm(`{ source: "https://files.invalid/keadm", sha256: ${sha256(right)} }`),
      ['host name not found', 'Check the host name, and DNS on this machine.'],
    ],
    [
      'an archive with a program for another architecture',
      async () => {
        server.files.set('/c.tgz', await archiveOf({ 'bin/ctr': right, 'bin/containerd': wrong }))
        const sum = sha256(server.files.get('/c.tgz') as Buffer)
        await writeFile(join(directory, 'runc'), right)
        return `runtime: { runc: ./runc, containerd: { source: "${server.url}/c.tgz", sha256: ${sum} } }\n`
      },
      ['./bin/containerd in runtime/bin (from', 'expected a program for arm64, found amd64'],
    ],
    [
      'an archive without the member',
      async () => {
        await writeFile(join(directory, 'keadm.tgz'), await archiveOf({ 'bin/other': right }))
        return keadm('{ source: ./keadm.tgz, member: bin/keadm }')
      },
      ['cannot extract bin/keadm from ./keadm.tgz: no such file', 'one of its files: ./bin/other'],
    ],
    [
      'an image from elsewhere that is not there',
      () => 'images: [{ reference: "eclipse-mosquitto:2.0", source: "oci:image" }]\n',
      ['cannot take docker.io/library/eclipse-mosquitto:2.0 from oci:/'],
    ],
    [
      'an archive that ends early',
      async () => {
        const whole = await archiveOf({ 'bin/keadm': Buffer.concat([right, small200()]) })
        await writeFile(join(directory, 'keadm.tgz'), whole.subarray(0, whole.length / 2))
        return keadm('{ source: ./keadm.tgz, member: bin/keadm }')
      },
      ['cannot unpack ./keadm.tgz'],
    ],
  ])('%s', async (_, definition, messages) => {
    const { exitCode, stderr } = await bundle(await definition())
    for (const message of messages) expect(stderr).toContain(message)
    expect([2, 3]).toContain(exitCode)
    expect(stderr).toContain('What to do: ')
    expect(await readdir(directory)).not.toContain('out')
  })

  test('a server with an untrusted certificate', async () => {
    server.files.set('/keadm', right)
    const definition = keadm(`{ source: "${url()}", sha256: ${sha256(right)} }`)
    const { exitCode, stderr } = await bundle(definition, { NODE_EXTRA_CA_CERTS: '' })
    expect(exitCode).toBe(3)
    expect(stderr).toMatch(/cannot download https:\/\/localhost.*its certificate is not trusted: unknown CA/)
    expect(stderr).toContain('Trust the CA with --ca-file FILE')
  })

  test('a local file that changed after it was locked', async () => {
    await writeFile(join(directory, 'keadm'), right)
    await edgekit('lock', keadm('./keadm'))
    await writeFile(join(directory, 'keadm'), program('arm64', 3001))
    const { exitCode, stderr } = await bundle(keadm('./keadm'))
    expect(exitCode).toBe(3)
    expect(stderr).toContain(`cannot use ./keadm: expected sha256 ${sha256(right)} from edgekit.lock, found `)
  })

  test('a download that changed after it was locked', async () => {
    const later = program('arm64', 3001)
    server.files.set('/keadm', right).set('/sums', Buffer.from(`${sha256(right)}  keadm\n`))
    const definition = keadm(`{ source: "${url()}", checksums: "${server.url}/sums" }`)
    expect(await edgekit('lock', `${definition}architectures: [arm64]\n`)).toMatchObject({ exitCode: 0 })
    server.files.set('/keadm', later).set('/sums', Buffer.from(`${sha256(later)}  keadm\n`))
    await rm(join(directory, 'cache'), { recursive: true })
    const { exitCode, stderr } = await bundle(`${definition}architectures: [arm64]\n`)
    expect(exitCode).toBe(3)
    expect(stderr).toContain('it has more than the expected 3000 bytes')
  })
})

test('--offline uses downloads from the cache', async () => {
  const url = `${server.url}/keadm`
  const definition = `${keadm(`{ source: "${url}", sha256: ${sha256(program('arm64', 3000))} }`)}architectures: [arm64]\n`
  server.files.set('/keadm', program('arm64', 3000))
  expect(await edgekit('lock', definition)).toMatchObject({ exitCode: 0, stderr: '' })
  expect(await bundle(definition)).toMatchObject({ exitCode: 0, stderr: '' })
  expect(server.requests).toEqual(['GET /keadm'])
  const offline = () => edgekit('bundle --offline -o out', definition)
  expect(await offline()).toMatchObject({ exitCode: 0, stderr: '' })
  expect(server.requests).toHaveLength(1)
  const digest = sha256(program('arm64', 3000))
  await rm(join(directory, 'cache/edgekit/blobs/sha256', digest))
  const { exitCode, stderr } = await offline()
  expect({ exitCode, requests: server.requests.length }).toEqual({ exitCode: 3, requests: 1 })
  expect(stderr).toContain(`cannot fetch with --offline, not in the cache: ${url}: sha256 ${digest}`)
})

test('--offline reports that published checksums are not available', async () => {
  const definition = keadm(`{ source: "${server.url}/keadm", checksums: "${server.url}/sums" }`)
  const { exitCode, stderr } = await edgekit('bundle --offline --arch arm64 -o out', definition)
  expect({ exitCode, requests: server.requests }).toEqual({ exitCode: 3, requests: [] })
  expect(stderr).toContain(`${server.url}/keadm: its sha256 is in ${server.url}/sums`)
})

test('resumes a download where the connection broke', async () => {
  const content = program('arm64', 3_000_000)
  server.files.set('/keadm', content)
  server.cuts.add('/keadm')
  const definition = keadm(`{ source: "${server.url}/keadm", sha256: ${sha256(content)} }`)
  expect(await bundle(definition)).toMatchObject({ exitCode: 0, stderr: '' })
  expect(await member('bin/keadm')).toEqual(content)
  expect(server.requests).toEqual(['GET /keadm', expect.stringMatching(/^GET \/keadm bytes=[1-9]\d*-$/)])
})

/** Bytes that do not pack away to nothing. */
const small200 = (): Buffer =>
  Buffer.from(Array.from({ length: 200_000 }, (_, index) => (index * 7919) % 251))
