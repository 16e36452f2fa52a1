import { afterAll, beforeAll, expect, test } from 'vitest'
import { bundleOnNode, startNodeWithBundle } from '../../lab/machine/installed.ts'
import type { LabNode } from '../../lab/machine/node.ts'
import { staticProgram } from '../../lab/registry/images.ts'
import { exitCodes } from '../../src/lib/exit-codes.ts'

const system = '/var/system'
const loader = process.arch === 'arm64' ? 'aarch64' : 'x86_64'

let node: LabNode
beforeAll(async () => {
  node = await startNodeWithBundle({ release: 'trixie' })
  await node.copyIn(await staticProgram('/usr/bin/busybox'), `${system}/bin/busybox`)
  await node.sh(
    `cd ${system} && chroot . /bin/busybox --install -s /bin && mkdir dev lib bundle
     mount --bind /dev dev && mount --bind ${bundleOnNode} bundle`,
  )
})
afterAll(() => node.remove())

// A system of nothing but a static busybox: the kernel would answer "not found".
test.each([
  ['no C library', 'true', 'this node does not have glibc'],
  ['musl', `touch lib/ld-musl-${loader}.so.1`, 'this node has the C library musl, as Alpine Linux does'],
  [
    'a 32-bit shell',
    `rm bin/sh; printf '\\177ELF\\001\\001\\001' >bin/sh`,
    'this node has a 32-bit operating system on a 64-bit kernel',
  ],
])('a system with %s: the launcher names it', async (_, prepare, words) => {
  const { exitCode, stderr } = await node.run(
    `cd ${system} && { ${prepare}; } && chroot . /bin/busybox sh /bundle/edgekit install`,
  )
  expect(stderr).toContain(`edgekit: refused: ${words}`)
  expect(stderr).toContain('\n  What to do: ')
  expect(exitCode).toBe(exitCodes.refused)
})

test('a system without the C++ library: the launcher names it and its package', async () => {
  const { exitCode, stderr } = await node.run(
    `library=$(ls /usr/lib/*-linux-gnu/libstdc++.so.6); mv $library /var
     ${bundleOnNode}/edgekit --version; code=$?; mv /var/libstdc++.so.6 $library; exit $code`,
  )
  expect(stderr).toBe(
    'edgekit: refused: this node lacks libstdc++.so.6, which edgekit requires\n' +
      '  What to do: Install the C++ library of the distribution. On Debian and Ubuntu:\n  apt-get install libstdc++6',
  )
  expect(exitCode).toBe(exitCodes.refused)
})

test('a program for a newer glibc: the launcher names both versions', async () => {
  const { exitCode, stderr } = await node.run(
    `cp -r ${bundleOnNode} /var/newer && cd /var/newer && sed -i 's/GLIBC_2\\.28/GLIBC_9.28/' bin/edgekit
     sed -i "s/'[0-9]* [0-9]*'/'$(cksum <bin/edgekit)'/" edgekit && ./edgekit --version`,
  )
  expect(stderr).toMatch(/^edgekit: refused: edgekit requires glibc 2\.28, this node has glibc 2\.41\n/)
  expect(exitCode).toBe(exitCodes.refused)
})
