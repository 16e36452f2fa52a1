import { rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { requireOnHost } from '../../tools/require-on-host.ts'
import { cached } from '../cache.ts'
import { sh } from '../shell.ts'

export type Libc = 'glibc' | 'musl'

/** What strerror(3) of a C library returns for these errors, asked by a program that is linked with it. */
export async function strerror(libc: Libc, errors: readonly string[]): Promise<string[]> {
  await requireOnHost('a program for another C library', { gcc: 'gcc', mmdebstrap: 'mmdebstrap' })
  const source = [
    '#include <errno.h>\n#include <stdio.h>\n#include <string.h>\nint main(void) {',
    ...errors.map(error => `  puts(strerror(${error}));`),
    '  return 0;\n}\n',
  ].join('\n')
  const directory = await cached(`strerror-${libc}`, [process.arch, source], async output => {
    await writeFile(join(output, 'errors.c'), source)
    await (libc === 'musl' ? buildWithMusl(output) : sh`gcc -o ${output}/errors ${output}/errors.c`)
  })
  const { stdout } = await sh`${join(directory, 'errors')}`
  return stdout.trimEnd().split('\n')
}

/** Debian's musl has headers, start files and the library; the compiler of the host does the rest. */
async function buildWithMusl(output: string): Promise<void> {
  const tree = join(output, 'tree')
  await sh`mmdebstrap --quiet --variant=extract --include=musl-dev ${['--aptopt=Acquire::Retries "3"']} trixie ${tree}`
  const machine = process.arch === 'arm64' ? 'aarch64' : 'x86_64'
  const headers = ['-nostdinc', '-isystem', `${tree}/usr/include/${machine}-linux-musl`]
  const library = `${tree}/usr/lib/${machine}-linux-musl`
  await sh`gcc ${headers} -c -o ${output}/errors.o ${output}/errors.c`
  const parts = ['crt1.o', 'crti.o'].map(part => `${library}/${part}`)
  await sh`gcc -static -nostdlib -o ${output}/errors ${parts} ${output}/errors.o ${library}/libc.a ${library}/crtn.o`
  await rm(tree, { recursive: true })
}
