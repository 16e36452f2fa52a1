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

/** Run the launcher of a bundle for `arch` on a machine for which `uname -m` prints `machine`. */
async function start(arch: string, machine: string, args: string[] = [], cwd = '/', path = at('edgekit')) {
  await script('path/uname', `#!/bin/sh\n[ "$*" = -m ] && echo ${machine}\n`)
  const launcher = readAsset('templates/launcher.sh')
    .replaceAll('@ARCH@', arch)
    .replaceAll('@CKSUM@', cksum(program))
  await script('edgekit', launcher)
  const env = { PATH: `${at('path')}:/usr/bin:/bin` }
  const { status, stdout, stderr } = spawnSync('/bin/sh', [path, ...args], { env, cwd, encoding: 'utf8' })
  return { status, stdout, stderr }
}

test.each([
  ['amd64', 'x86_64'],
  ['arm64', 'aarch64'],
])('a bundle for %s on %s runs its program and returns its exit code', async (arch, machine) => {
  expect(await start(arch, machine, ['install', '--flag'])).toEqual({
    status: 42,
    stdout: '<install><--flag>',
    stderr: '',
  })
})

test('passes arguments on unchanged: with spaces, with quotes, and empty', async () => {
  const args = ['a b', '"', "'", '$HOME', '*', '', '-n']
  expect((await start('amd64', 'x86_64', args)).stdout).toBe(args.map(arg => `<${arg}>`).join(''))
})

test.each([
  ['amd64', 'aarch64', 'this bundle is for amd64, this node is arm64', 'arm64'],
  ['arm64', 'x86_64', 'this bundle is for arm64, this node is amd64', 'amd64'],
  ['amd64', 'riscv64', 'this bundle is for amd64, this node is riscv64', 'riscv64'],
  ['arm64', 'armv7l', 'this bundle is for arm64, this node is armv7l', 'armv7l'],
])('refuses a bundle for %s on %s', async (arch, machine, why, name) => {
  expect(await start(arch, machine)).toEqual({
    status: 3,
    stdout: '',
    stderr: `edgekit: refused: ${why}\n  What to do: Unpack the bundle whose name ends in -${name}.tar.gz.\n`,
  })
})

const again = `  What to do: Copy the bundle again and unpack it into an empty directory. If tar reports errors
  or this happens again, the USB stick or the disk is failing.
`

test.each([
  ['truncated', program.slice(0, 10)],
  ['empty', ''],
  ['too long', `${program}#`],
  ['of the same length, one byte changed', program.replace('42', '43')],
])('refuses a program that is %s', async (_, damaged) => {
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
])('refuses a program that is %s', async (_, damage) => {
  await damage()
  expect(await start('amd64', 'x86_64')).toEqual({
    status: 3,
    stdout: '',
    stderr: `edgekit: refused: bin/edgekit is missing in ${directory}\n${again}`,
  })
})

test('refuses a program that is not executable', async () => {
  await chmod(at('bin/edgekit'), 0o644)
  expect(await start('amd64', 'x86_64')).toEqual({
    status: 3,
    stdout: '',
    stderr:
      `edgekit: refused: bin/edgekit in ${directory} is not executable, or the file system is mounted noexec\n` +
      '  What to do: Unpack the bundle elsewhere, for example in /root.\n',
  })
})

test.each([
  ['from its directory', './edgekit'],
  ['without a path', 'edgekit'],
])('finds its program when started %s', async (_, path) => {
  expect((await start('amd64', 'x86_64', ['x'], directory, path)).stdout).toBe('<x>')
})

test('ignores CDPATH', async () => {
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
