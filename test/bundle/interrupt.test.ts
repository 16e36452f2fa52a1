import { mkdtemp, readdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { execa } from 'execa'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type SmallBundle, smallBundle, smallDefinition } from '../../lab/bundles/small-bundle.ts'
import { startFront } from '../../lab/registry/front.ts'

let small: SmallBundle
beforeAll(async () => {
  small = await smallBundle()
}, 300_000)
afterAll(() => small.remove())

/** Start a build of both bundles; `until` waits for the moment, then the signal is sent. */
async function interrupted(
  signal: 'SIGINT' | 'SIGTERM',
  registry: string,
  until: (output: string) => Promise<boolean>,
) {
  const directory = await mkdtemp(join(small.directory, 'interrupt-'))
  await writeFile(join(directory, 'my.yaml'), smallDefinition)
  const mirror = `docker.io=${registry}`
  const build = execa(small.edgekit, ['bundle', '-f', 'my.yaml', '-o', 'out', '--registry-mirror', mirror], {
    cwd: directory,
    reject: false,
  })
  const output = join(directory, 'out')
  const end = Date.now() + 30_000
  while (!(await until(output).catch(() => false))) {
    if (Date.now() > end) throw new Error('the moment never came')
    await sleep(5)
  }
  const sent = performance.now()
  build.kill(signal)
  const { exitCode, stderr } = await build
  const left = (await readdir(directory)).filter(name => name !== 'my.yaml')
  return { exitCode, stderr, left, took: performance.now() - sent }
}

test.each([
  ['SIGINT', 130],
  ['SIGTERM', 143],
] as const)('%s while an image is pulled: exit code %i, nothing left', async (signal, code) => {
  let asked = false
  await using front = await startFront(small.registry.url, (request, response) => {
    if (!request.url?.includes('/blobs/')) return false
    asked = true
    response.write('x')
    return true
  })
  const result = await interrupted(signal, front.url, async () => asked)
  expect(result).toMatchObject({ exitCode: code, left: [] })
  expect(result.stderr).toContain(`stopped by ${signal}; nothing is left behind`)
  expect(result.took).toBeLessThan(3000)
})

test('SIGINT while a registry does not answer at all', async () => {
  let asked = false
  await using front = await startFront(small.registry.url, () => {
    asked = true
    return true
  })
  const result = await interrupted('SIGINT', front.url, async () => asked)
  expect(result).toMatchObject({ exitCode: 130, left: [] })
  expect(result.took).toBeLessThan(3000)
})

test.each([
  ['SIGINT', 130],
  ['SIGTERM', 143],
] as const)('%s while the bundle is written: exit code %i, nothing left', async (signal, code) => {
  const isPacking = async (output: string): Promise<boolean> => {
    const names = await readdir(output, { recursive: true })
    return names.some(name => /amd64\/.*\.gz$/.test(name))
  }
  const result = await interrupted(signal, small.registry.url, isPacking)
  expect(result).toMatchObject({ exitCode: code, left: [] })
  expect(result.took).toBeLessThan(3000)
})
