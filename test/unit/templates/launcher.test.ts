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
  await script('path/loader', '#!/bin/sh\n')
})
afterEach(() => rm(directory, { recursive: true }))

/**
 * Run the launcher of a bundle for `arch` on a machine for which `uname -m` prints `machine`. The loader is a script in
 * `path`, unless it was written before.
 */
async function start(arch: string, machine: string, args: string[] = [], cwd = '/', path = at('edgekit')) {
  await script('path/uname', `#!/bin/sh\n[ "$*" = -m ] && echo ${machine}\n`)
  const launcher = readAsset('templates/launcher.sh')
    .replaceAll('@ARCH@', arch)
    .replaceAll('@CKSUM@', cksum(program))
    .replaceAll('@LOADER@', `"${at('path/loader')}"`)
    .replaceAll(/\/bin\/sh(?= bs)/g, `"${at('path/shell')}"`)
    .replaceAll('/lib/ld-musl-*', `"${at('path')}"/ld-musl-*`)
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
])('refuses a bundle for %s on %s', async (arch, machine, why, name) => {
  expect(await start(arch, machine)).toEqual({
    status: 3,
    stdout: '',
    stderr: `edgekit: refused: ${why}\n  What to do: Unpack the bundle whose name ends in -${name}.tar.gz.\n`,
  })
})

const os64 = `  What to do: Install a 64-bit operating system, if the processor is a 64-bit one. A Raspberry Pi 3
  or later runs Raspberry Pi OS (64-bit).
`

test.each([
  ['armv6l', os64],
  ['armv7l', os64],
  ['armv8l', os64],
  ['i686', os64],
  ['riscv64', '  What to do: Use a machine with one of these processors.\n'],
  ['loongarch64', '  What to do: Use a machine with one of these processors.\n'],
])('names the two architectures on %s', async (machine, remedy) => {
  expect(await start('arm64', machine)).toEqual({
    status: 3,
    stdout: '',
    stderr: `edgekit: refused: there is no edgekit for ${machine}, only for amd64 and arm64\n${remedy}`,
  })
})

const distribution = '  What to do: Use a distribution with glibc 2.28 or later, such as Debian 12 or 13.\n'
const header = (elfClass: number): string => `\x7fELF${String.fromCharCode(elfClass)}\x01\x01`

test.each([
  [
    'a 32-bit system',
    { shell: header(1) },
    'this node has a 32-bit operating system on a 64-bit kernel',
    os64,
  ],
  [
    'musl',
    { shell: header(2), 'ld-musl-aarch64.so.1': '' },
    'this node has the C library musl, as Alpine Linux does; edgekit requires glibc',
    distribution,
  ],
  [
    'neither',
    { shell: header(2) },
    'this node does not have glibc (LOADER), which edgekit requires',
    distribution,
  ],
])('without the loader of glibc: %s', async (_, files, why, remedy) => {
  await rm(at('path/loader'))
  for (const [name, text] of Object.entries(files)) await writeFile(at(`path/${name}`), text)
  const { status, stderr } = await start('arm64', 'aarch64')
  expect(status).toBe(3)
  expect(stderr.replace(`"${at('path/loader')}"`, 'LOADER')).toBe(`edgekit: refused: ${why}\n${remedy}`)
})

// As the loaders of glibc 2.36 and 2.41 print them.
test.each([
  [
    "bin/edgekit: /lib64/libc.so.6: version \\`GLIBC_2.28' not found (required by bin/edgekit)",
    'edgekit requires glibc 2.28, this node has glibc 2.17',
    distribution,
  ],
  [
    "bin/edgekit: /lib64/libstdc++.so.6: version \\`GLIBCXX_3.4.21' not found (required by bin/edgekit)",
    'the libstdc++.so.6 of this node is too old for edgekit',
    distribution,
  ],
  [
    'bin/edgekit: error while loading shared libraries: libstdc++.so.6: cannot open shared object file: No such file or directory',
    'this node lacks libstdc++.so.6, which edgekit requires',
    '  What to do: Install the C++ library of the distribution. On Debian and Ubuntu:\n  apt-get install libstdc++6\n',
  ],
])('with a loader that prints %s', async (lines, why, remedy) => {
  await script('path/loader', `#!/bin/sh\n[ "$1" = --list ] && cat <<END\n${lines}\nEND\n`)
  await script('path/getconf', '#!/bin/sh\n[ "$*" = GNU_LIBC_VERSION ] && echo glibc 2.17\n')
  expect(await start('arm64', 'aarch64')).toEqual({
    status: 3,
    stdout: '',
    stderr: `edgekit: refused: ${why}\n${remedy}`,
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
