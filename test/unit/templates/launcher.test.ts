import { execFileSync, spawnSync } from 'node:child_process'
import { chmod, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { readAsset } from '../../../src/lib/assets.ts'

const program = '#!/bin/sh\nprintf "<%s>" "$@"\nexit 42\n'
const cksum = (text: string): string => execFileSync('cksum', { input: text, encoding: 'utf8' }).trim()

let directory: string
const at = (path: string): string => join(directory, path)

async function script(path: string, text: string): Promise<void> {
  await writeFile(at(path), text)
  await chmod(at(path), 0o755)
}

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'edgekit launcher-'))
  await mkdir(at('bin'))
  await mkdir(at('path'))
  await script('bin/edgekit', program)
})
afterEach(() => rm(directory, { recursive: true }))

/** Start the way in of a bundle for this architecture on a machine of that one. */
async function start(arch: string, machine: string, args: string[] = [], cwd = '/', way = at('edgekit')) {
  await script('path/uname', `#!/bin/sh\n[ "$*" = -m ] && echo ${machine}\n`)
  const launcher = readAsset('templates/launcher.sh')
    .replaceAll('@ARCH@', arch)
    .replaceAll('@CKSUM@', cksum(program))
  await script('edgekit', launcher)
  const env = { PATH: `${at('path')}:/usr/bin:/bin` }
  const { status, stdout, stderr } = spawnSync('/bin/sh', [way, ...args], { env, cwd, encoding: 'utf8' })
  return { status, stdout, stderr }
}

test.each([
  ['amd64', 'x86_64'],
  ['arm64', 'aarch64'],
])('a bundle for %s on %s: the program runs, its exit code is the answer', async (arch, machine) => {
  expect(await start(arch, machine, ['install', '--flag'])).toEqual({
    status: 42,
    stdout: '<install><--flag>',
    stderr: '',
  })
})

test('arguments with blanks, quotes and nothing in them arrive as they are', async () => {
  const args = ['a b', '"', "'", '$HOME', '*', '', '-n']
  expect((await start('amd64', 'x86_64', args)).stdout).toBe(args.map(arg => `<${arg}>`).join(''))
})

test.each([
  ['amd64', 'aarch64', 'this bundle is for amd64, this node is arm64', 'arm64'],
  ['arm64', 'x86_64', 'this bundle is for arm64, this node is amd64', 'amd64'],
  ['amd64', 'riscv64', 'this bundle is for amd64, this node is riscv64', 'riscv64'],
  ['arm64', 'armv7l', 'this bundle is for arm64, this node is armv7l', 'armv7l'],
])('a bundle for %s on %s is refused', async (arch, machine, why, name) => {
  expect(await start(arch, machine)).toEqual({
    status: 3,
    stdout: '',
    stderr: `edgekit: refused: ${why}\n  What to do: unpack the bundle whose name ends in -${name}.tar.gz\n`,
  })
})

const again = `  What to do: copy the bundle again, unpack it into an empty directory, and look for
  errors of tar; if it happens again, the USB stick or the disk is failing
`

test.each([
  ['cut off', program.slice(0, 10)],
  ['empty', ''],
  ['too long', `${program}#`],
  ['of the same length, one byte changed', program.replace('42', '43')],
])('a program that is %s is refused', async (_, damaged) => {
  await writeFile(at('bin/edgekit'), damaged)
  expect(await start('amd64', 'x86_64')).toEqual({
    status: 3,
    stdout: '',
    stderr: `edgekit: refused: bin/edgekit in ${directory} is damaged: cksum ${cksum(damaged)}, expected ${cksum(program)}\n${again}`,
  })
})

test.each([
  ['missing', () => rm(at('bin/edgekit'))],
  ['missing with its directory', () => rm(at('bin'), { recursive: true })],
  ['a directory', () => rm(at('bin/edgekit')).then(() => mkdir(at('bin/edgekit')))],
])('a program that is %s is refused', async (_, damage) => {
  await damage()
  expect(await start('amd64', 'x86_64')).toEqual({
    status: 3,
    stdout: '',
    stderr: `edgekit: refused: bin/edgekit is missing in ${directory}\n${again}`,
  })
})

test('a program that is whole and cannot be run is refused', async () => {
  await chmod(at('bin/edgekit'), 0o644)
  expect(await start('amd64', 'x86_64')).toEqual({
    status: 3,
    stdout: '',
    stderr:
      `edgekit: refused: programs cannot be run in ${directory}\n` +
      '  What to do: unpack the bundle elsewhere, in /root say: this file system is mounted noexec\n',
  })
})

test.each([
  ['from its directory', './edgekit'],
  ['without a path', 'edgekit'],
])('it finds its program %s', async (_, way) => {
  expect((await start('amd64', 'x86_64', ['x'], directory, way)).stdout).toBe('<x>')
})

test('CDPATH does not lead it astray', async () => {
  await mkdir(at('elsewhere'))
  await mkdir(at('bundle'))
  await symlink(at('bin'), at('bundle/bin'))
  await start('amd64', 'x86_64')
  await symlink(at('edgekit'), at('bundle/edgekit'))
  await mkdir(at('elsewhere/bundle'))
  const env = { PATH: `${at('path')}:/usr/bin:/bin`, CDPATH: at('elsewhere') }
  const { stdout } = spawnSync('/bin/sh', ['bundle/edgekit', 'x'], { env, cwd: directory, encoding: 'utf8' })
  expect(stdout).toBe('<x>')
})
