import { copyFile, mkdir, mkdtemp, readdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { execa } from 'execa'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { edgekitExecutable } from '../../lab/bundles/executable.ts'
import { program } from '../../lab/bundles/program.ts'
import { type SmallBundle, smallBundle, smallDefinition } from '../../lab/bundles/small-bundle.ts'
import { inBareDebian } from '../../lab/machine/bare.ts'
import { type Front, startFront } from '../../lab/registry/front.ts'
import type { BundleOutput } from '../../src/ui/json/bundle.ts'
import { hostArch } from '../../tools/node-runtime.ts'
import { runnerOf } from '../../tools/sea.ts'
import { jsonOutput } from '../json-output.ts'

const foreign = hostArch() === 'amd64' ? 'arm64' : 'amd64'
let small: SmallBundle
/** The executable of this machine, with the real one for the other architecture beside it. */
let executable: string
let front: Front
let directory: string

const edgekit = (...args: string[]) => {
  const mirror = ['--registry-mirror', `docker.io=${front.url}`]
  const command = ['bundle', '-f', 'my.yaml', '-o', 'out', ...mirror, ...args]
  return execa(executable, command, { cwd: directory, reject: false })
}

beforeAll(async () => {
  small = await smallBundle()
  const bin = await mkdtemp(join(small.directory, 'bin-'))
  for (const arch of ['amd64', 'arm64'] as const) {
    await copyFile(await edgekitExecutable(arch), join(bin, `edgekit-linux-${arch}`))
  }
  executable = join(bin, `edgekit-linux-${hostArch()}`)
  front = await startFront(small.registry.url)
  directory = await mkdtemp(join(small.directory, 'both-'))
  await writeFile(join(directory, 'my.yaml'), smallDefinition)
}, 300_000)
afterAll(async () => {
  await front[Symbol.asyncDispose]()
  await small.remove()
})

describe('one run for both architectures', () => {
  let result: BundleOutput
  beforeAll(async () => {
    const { stdout, stderr } = await edgekit('--arch', 'arm64,amd64', '--json')
    expect(stderr).toBe('')
    result = jsonOutput('bundle', stdout)
    for (const arch of ['amd64', 'arm64']) {
      await mkdir(join(directory, arch))
      const archive = join(directory, `out/kubeedge-edge-v1.22.0-${arch}.tar.gz`)
      await execa('tar', ['xzf', archive, '-C', join(directory, arch)])
    }
  }, 60_000)

  test('writes two bundles and nothing else', async () => {
    expect(result.bundles.map(({ manifest }) => manifest.arch)).toEqual(['amd64', 'arm64'])
    expect((await readdir(join(directory, 'out'))).toSorted()).toEqual([
      'kubeedge-edge-v1.22.0-amd64.tar.gz',
      'kubeedge-edge-v1.22.0-amd64.tar.gz.sha256',
      'kubeedge-edge-v1.22.0-arm64.tar.gz',
      'kubeedge-edge-v1.22.0-arm64.tar.gz.sha256',
    ])
    expect(result.bundles.map(({ checksums }) => checksums)).toEqual(
      ['amd64', 'arm64'].map(arch => join(directory, `out/kubeedge-edge-v1.22.0-${arch}.tar.gz.sha256`)),
    )
    const [first, second] = result.bundles.map(({ manifest }) => manifest.lockDigest)
    expect(first).toBe(second)
  })

  test('fetches shared content once', () => {
    const blobs = front.requests.filter(request => request.includes('/blobs/'))
    expect(blobs.length).toBeGreaterThan(6)
    expect(blobs.toSorted()).toEqual([...new Set(blobs)].toSorted())
  })

  test.each(['amd64', 'arm64'] as const)('the bundle for %s contains an edgekit for it', async arch => {
    const [program, ...args] = [...runnerOf(arch), join(directory, arch, 'bin/edgekit'), '--version']
    const { stdout } = await execa(program as string, args)
    expect(stdout).toContain(arch === 'amd64' ? 'linux-x64' : 'linux-arm64')
  })

  test('the launcher refuses another architecture', async () => {
    const { exitCode, stderr } = await execa(join(directory, foreign, 'edgekit'), ['install'], {
      reject: false,
    })
    expect({ exitCode, stderr }).toEqual({
      exitCode: 3,
      stderr: `edgekit: refused: this bundle is for ${foreign}, this node is ${hostArch()}
  What to do: Unpack the bundle whose name ends in -${hostArch()}.tar.gz.`,
    })
  })

  test('edgekit refuses another architecture', async () => {
    const { exitCode, stdout } = await inBareDebian(
      'mkdir -p /proc; mount -t proc proc /proc 2>/dev/null || :; /opt/edgekit/edgekit install /opt/bundle',
      executable,
      join(directory, foreign),
    )
    expect(exitCode).toBe(3)
    expect(stdout).toContain(`the bundle is for ${foreign}, this node is ${hostArch()}`)
  })
})

test('refuses an architecture that the definition does not list', async () => {
  await writeFile(join(directory, 'my.yaml'), `${smallDefinition}architectures: [arm64]\n`)
  const { exitCode, stderr } = await edgekit('--arch', 'amd64')
  expect(exitCode).toBe(2)
  expect(stderr).toContain('my.yaml lists only arm64')
})

test('with one executable, builds for its architecture and names the other', async () => {
  await writeFile(join(directory, 'my.yaml'), smallDefinition)
  const alone = join(await mkdtemp(join(small.directory, 'bin-')), 'edgekit')
  await copyFile(executable, alone)
  const mirror = ['--registry-mirror', `docker.io=${front.url}`]
  const build = (...args: string[]) =>
    execa(alone, ['bundle', '-f', 'my.yaml', '-o', 'one', ...mirror, ...args], {
      cwd: directory,
      reject: false,
    })
  const { exitCode, stdout, stderr } = await build('--json')
  expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' })
  const { bundles } = jsonOutput('bundle', stdout)
  expect(bundles.map(({ manifest }) => manifest.arch)).toEqual([hostArch()])
  expect((await build()).stderr).toContain(
    `Not for ${foreign}: edgekit-linux-${foreign} is not beside this program.`,
  )
  const named = await build('--arch', foreign)
  expect(named.exitCode).toBe(2)
  expect(named.stderr.replaceAll(/\s+/g, ' ')).toContain(`cannot build a bundle for ${foreign}`)
})

test('refuses an edgekit executable for another architecture than its name states', async () => {
  await writeFile(join(directory, 'my.yaml'), smallDefinition)
  const bin = await mkdtemp(join(small.directory, 'bin-'))
  await copyFile(executable, join(bin, `edgekit-linux-${hostArch()}`))
  await writeFile(join(bin, `edgekit-linux-${foreign}`), program(hostArch()))
  const { exitCode, stderr } = await execa(
    join(bin, `edgekit-linux-${hostArch()}`),
    ['bundle', '-f', 'my.yaml', '--arch', foreign, '-o', 'wrong'],
    { cwd: directory, reject: false },
  )
  expect(exitCode).toBe(3)
  expect(stderr.replaceAll(/\s+/g, ' ')).toContain(
    `edgekit-linux-${foreign}: expected a program for ${foreign}, found ${hostArch()}`,
  )
  expect(await readdir(directory)).not.toContain('wrong')
})
