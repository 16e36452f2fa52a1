import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, onTestFinished, test } from 'vitest'
import { formatNotices } from '../../../src/build/notices.ts'
import { hostArch } from '../../../tools/node-runtime.ts'
import { collectNotices } from '../../../tools/notices.ts'

const root = fileURLToPath(new URL('../../..', import.meta.url))

/** An npm package with these files; returns its directory, relative to the checkout. */
async function packageWith(files: Record<string, string>): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'edgekit-notices-'))
  onTestFinished(() => rm(directory, { recursive: true }))
  const described = {
    'package.json': '{"name": "some-package", "version": "1.2.3", "license": "MIT"}',
    ...files,
  }
  for (const [name, text] of Object.entries(described)) await writeFile(join(directory, name), text)
  return relative(root, directory)
}

test('a package comes with all its licenses and notices', async () => {
  const directory = await packageWith({ 'LICENSE.md': 'a license', NOTICE: 'a notice', 'index.js': 'code' })
  const [own, node, found] = await collectNotices([directory], hostArch(), root)
  expect([own?.name, node?.name]).toEqual(['edgekit', 'Node.js'])
  expect(node?.texts.join('')).toMatch(/OpenSSL/)
  expect(found).toEqual({
    name: 'some-package',
    version: '1.2.3',
    license: 'MIT',
    texts: ['a license', 'a notice'],
  })
  expect(formatNotices(found ? [found] : [])).toBe(
    `${'='.repeat(80)}\nsome-package 1.2.3 (MIT)\n${'='.repeat(80)}\n\na license\n\na notice\n`,
  )
})

test('a package without a license text must not be distributed', async () => {
  const directory = await packageWith({ 'index.js': 'code' })
  await expect(collectNotices([directory], hostArch(), root)).rejects.toThrow(
    'some-package 1.2.3 has no license text',
  )
})
