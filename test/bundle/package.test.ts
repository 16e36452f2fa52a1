import { createHash, generateKeyPairSync, randomBytes } from 'node:crypto'
import { mkdtemp, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { execa, type Options } from 'execa'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { labBundle } from '../../lab/bundles/bundle.ts'
import { lightEdgekit } from '../../lab/bundles/light-edgekit.ts'
import { program } from '../../lab/bundles/program.ts'
import { standInEdgecore } from '../../lab/edgecore/index.ts'
import { labRegistry, mirrorFlags } from '../../lab/registry/lab-registry.ts'
import { requireOnHost } from '../../tools/require-on-host.ts'
import { jsonOutput } from '../json-output.ts'
import { besidesProgress } from '../progress.ts'

const name = 'kubeedge-edge-v1.22.0-arm64.tar.gz'
let scratch: string
let executable: string
let mirrors: string[]
let stop: () => Promise<void>
let key: string
let publicKey: string
/** A signed bundle in parts, all alone in its directory. */
let parts: string

beforeAll(async () => {
  await requireOnHost('the tests of the package', { busybox: 'busybox', bsdtar: 'libarchive-tools' })
  scratch = await mkdtemp(join(tmpdir(), 'edgekit-package-'))
  const registry = await labRegistry(await standInEdgecore())
  stop = () => registry.stop()
  mirrors = mirrorFlags(registry.url)
  key = join(scratch, 'key.pem')
  publicKey = join(scratch, 'pub.pem')
  await execa('openssl', ['ecparam', '-name', 'prime256v1', '-genkey', '-noout', '-out', key])
  await execa('openssl', ['ec', '-in', key, '-pubout', '-out', publicKey])
  // Enough for three parts, of what nobody tries to compress.
  const other = Buffer.concat([program('arm64'), randomBytes(70 * 1024 * 1024)])
  executable = await lightEdgekit(await mkdtemp(join(scratch, 'bin-')), other)
  parts = join(scratch, 'parts')
  const { stderr, exitCode } = await bundle(parts, ['--sign', key, '--split', '30M'])
  expect({ stderr: besidesProgress(stderr), exitCode }).toEqual({ stderr: '', exitCode: 0 })
}, 300_000)
afterAll(async () => {
  await stop()
  await rm(scratch, { recursive: true, force: true })
})

const edgekit = async (args: string[], options: Options = {}) =>
  (await execa(executable, args, { reject: false, ...options })) as {
    exitCode: number
    stdout: string
    stderr: string
  }
const bundle = (output: string, args: string[], options: Options = {}) =>
  edgekit(
    [
      'bundle',
      'edge',
      '--arch',
      'arm64',
      '-o',
      output,
      '--cache',
      join(scratch, 'cache'),
      ...mirrors,
      ...args,
    ],
    options,
  )
const sha256 = async (path: string) =>
  createHash('sha256')
    .update(await readFile(path))
    .digest('hex')
const flat = (text: string) => text.replaceAll(/\s+/g, ' ')

describe('any tar unpacks a bundle', () => {
  test.each([
    ['GNU tar', 'tar', ['xzf']],
    ['busybox tar', 'busybox', ['tar', '-xzf']],
    ['bsdtar', 'bsdtar', ['-xzf']],
  ])('%s', async (_, program, args) => {
    const directory = await mkdtemp(join(scratch, 'unpacked-'))
    const { stderr } = await execa(program, [...args, await labBundle(), '-C', directory])
    expect(stderr).toBe('')
    expect(await edgekit(['verify', directory])).toMatchObject({
      exitCode: 0,
      stdout: expect.stringContaining('This bundle is intact.'),
    })
    await rm(directory, { recursive: true })
  })
})

describe('parts', () => {
  test('have the requested size, and joined are the bundle in one file', async () => {
    const names = await readdir(parts)
    expect(names.pop()).toBe(`${name}.sha256`)
    await execa('sh', ['-c', 'sha256sum --check --strict *.sha256'], { cwd: parts })
    expect(names.length).toBeGreaterThan(2)
    expect(names).toEqual(names.map((_, index) => `${name}.part0${index + 1}`))
    const sizes = await Promise.all(names.map(async part => (await stat(join(parts, part))).size))
    expect(sizes.slice(0, -1).every(size => size === 30 * 1024 * 1024)).toBe(true)
    expect(sizes.at(-1)).toBeLessThanOrEqual(30 * 1024 * 1024)

    const whole = join(scratch, 'whole')
    await bundle(whole, [], { env: { EDGEKIT_SIGNING_KEY: await readFile(key, 'utf8') } })
    const joined = join(scratch, 'joined.tar.gz')
    await execa('sh', ['-c', `cat ${parts}/*.part* >${joined}`])
    expect(await sha256(joined)).toBe(await sha256(join(whole, name)))

    // Signed apart from building, by edgekit, and by openssl, whose nonce is random.
    const unsigned = join(scratch, 'unsigned')
    await bundle(unsigned, [])
    const manifest = join(scratch, 'bundle.json')
    await execa('sh', [
      '-c',
      'tar xzOf "$0" --occurrence=1 bundle.json >"$1" && openssl dgst -sha256 -sign "$2" "$1" | base64 -w0 >"$1.sig"',
      join(unsigned, name),
      manifest,
      key,
    ])
    for (const [output, how] of [
      ['by-edgekit', ['--key', key]],
      ['by-openssl', ['--signature', `${manifest}.sig`]],
    ] as const) {
      const signed = await edgekit(['sign', unsigned, ...how, '-o', join(scratch, output), '--json'])
      const [path = ''] = jsonOutput('sign', signed.stdout).paths
      expect(await edgekit(['verify', path, '--key', publicKey])).toMatchObject({ exitCode: 0 })
      await execa('sh', ['-c', 'sha256sum --check --strict *.sha256'], { cwd: join(scratch, output) })
      if (output === 'by-edgekit') expect(await sha256(path)).toBe(await sha256(join(whole, name)))
      await rm(join(scratch, output), { recursive: true })
    }
    await rm(unsigned, { recursive: true })
    await rm(whole, { recursive: true })
    await rm(joined)
  })

  test.each(['', `/${name}.part01`, `/${name}.part03`])('are found from "%s"', async path => {
    const { exitCode, stdout } = await edgekit(['verify', parts + path, '--key', publicKey])
    expect(flat(stdout)).toContain(`signature good (${publicKey}) This bundle is intact.`)
    expect(exitCode).toBe(0)
    const inspected = await edgekit(['inspect', parts + path, '--json'])
    expect(jsonOutput('inspect', inspected.stdout)).toMatchObject({
      isSigned: true,
      parts: expect.any(Number),
    })
  })

  test('names a part that is missing, truncated, or from another bundle', async () => {
    const part = (number: number) => join(parts, `${name}.part0${number}`)
    const aside = join(scratch, 'aside')
    const verify = async () => {
      const { exitCode, stderr } = await edgekit(['verify', part(1)])
      expect(exitCode).toBe(3)
      return flat(stderr)
    }
    const count = (await readdir(parts)).length - 1
    await rename(part(2), aside)
    expect(await verify()).toContain(
      `cannot use the parts of ${parts}/${name}: found ${count - 1} parts, without ${name}.part02`,
    )
    await writeFile(part(2), (await readFile(aside)).subarray(1))
    expect(await verify()).toContain(`${name}.part02 has 31457279 bytes, the first part 31457280`)
    // As dense as the parts of a bundle: a repeated text can be valid deflate data without an end.
    await writeFile(part(2), (await readFile(aside)).reverse())
    expect(await verify()).toContain(`${part(2)} is damaged, or a part of another bundle`)
    await rename(aside, part(2))
    await rename(part(count), aside)
    expect(await verify()).toMatch(/is truncated after \d+ bytes/)
    await rename(aside, part(count))
    expect((await edgekit(['verify', part(1)])).exitCode).toBe(0)
  })

  test.each(['', '30', '1k', '-3M', '3900 MB'])('--split "%s" is refused', async size => {
    const { exitCode, stderr } = await bundle(join(scratch, 'none'), [`--split=${size}`])
    expect(flat(stderr)).toContain('is not a size of at least 64k')
    expect(exitCode).toBe(2)
  })
})

describe('the signature', () => {
  test('is accepted by openssl', async () => {
    const directory = await mkdtemp(join(scratch, 'openssl-'))
    await execa('sh', ['-c', `cat ${parts}/*.part* | tar xz -C ${directory} bundle.json bundle.json.sig`])
    const check = () =>
      execa(
        'sh',
        [
          '-c',
          'base64 -d bundle.json.sig >sig && openssl dgst -sha256 -verify "$1" -signature sig bundle.json',
          'sh',
          publicKey,
        ],
        { cwd: directory, reject: false },
      )
    expect(await check()).toMatchObject({ exitCode: 0, stdout: 'Verified OK' })
    await writeFile(join(directory, 'bundle.json'), '{}')
    expect((await check()).exitCode).toBe(1)
  })

  test('comes second, before the payload', async () => {
    const { stdout } = await execa('sh', ['-c', `cat ${parts}/*.part* | tar tz`])
    expect(stdout.split('\n').slice(0, 3)).toEqual(['bundle.json', 'bundle.json.sig', 'meta/sbom.cdx.json'])
  })

  test('by another key is refused', async () => {
    const other = join(scratch, 'other.pem')
    const pair = generateKeyPairSync('ec', { namedCurve: 'P-256' })
    await writeFile(other, pair.publicKey.export({ type: 'spki', format: 'pem' }))
    const { exitCode, stdout } = await edgekit(['verify', parts, '--key', other, '--json'])
    expect(exitCode).toBe(3)
    expect(jsonOutput('error', stdout).error.message).toContain(`its signature was not made by ${other}`)
    const either = await edgekit(['verify', parts, '--key', other, '--key', publicKey, '--json'])
    expect(jsonOutput('verify', either.stdout)).toMatchObject({
      ok: true,
      signature: 'good',
      signedBy: publicKey,
    })
  })
})

describe('inspect', () => {
  test('shows what is in a bundle', async () => {
    const { stdout } = await edgekit(['inspect', parts])
    expect(flat(stdout)).toMatch(
      /kubeedge-edge v1\.22\.0 arm64, built by edgekit .* signed yes .* disk .* needed/,
    )
    const images = await edgekit(['inspect', parts, '--images', '--json'])
    const [image] = jsonOutput('inspect-images', images.stdout).images
    const sizes = image?.layers.map(({ unpackedSize }) => unpackedSize) ?? []
    expect(image?.unpackedSize).toBe(sizes.reduce((sum, size) => sum + size, 0))
    expect(image?.unpackedSize).toBeGreaterThan(image?.layers[0]?.size ?? Number.NaN)
    const files = await edgekit(['inspect', parts, '--files'])
    expect(files.stdout).toMatch(/^755 +\d+ {2}bin\/edgekit\n {4}[0-9a-f]{64}$/m)
    expect(Math.max(...files.stdout.split('\n').map(line => line.length))).toBeLessThanOrEqual(80)
  })

  test('--sbom is a CycloneDX document of images, programs and edgekit itself', async () => {
    const { stdout } = await edgekit(['inspect', parts, '--sbom'])
    const sbom = JSON.parse(stdout)
    expect(sbom).toMatchObject({ bomFormat: 'CycloneDX', specVersion: '1.6' })
    expect(stdout).not.toMatch(/timestamp|BomRef\./)
    const purls = JSON.stringify(sbom)
    expect(purls).toContain('pkg:oci/eclipse-mosquitto@sha256')
    expect(purls).toContain('pkg:npm/%40oclif/core@')
    expect(purls).toContain('pkg:generic/node@24')
    expect(sbom.components.map((part: { name: string }) => part.name)).toEqual(
      expect.arrayContaining(['edgekit', 'edgecore', 'keadm']),
    )
    const packages = [...purls.matchAll(/"purl":"pkg:npm\/([^"]+)@([^"@]+)"/g)]
    expect(packages.length).toBeGreaterThan(50)
    const { stdout: licenses } = await execa('sh', ['-c', `cat ${parts}/*.part* | tar xzO meta/licenses.txt`])
    for (const [, name = '', version] of packages)
      expect(licenses).toContain(`\n${decodeURIComponent(name)} ${version}`)
  })
})
