import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { chosenDefinition } from '../../../../src/build/definition/choose.ts'

/** `own` has the definition, `base` one that it extends; `ownkey` begins like `own`. */
let root: string
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'edgekit-outside-'))
  for (const path of ['own/key', 'base/key', 'ownkey']) {
    await mkdir(dirname(join(root, path)), { recursive: true })
    await writeFile(join(root, path), 'key')
  }
  await symlink('../ownkey', join(root, 'own/link'))
  await symlink('key', join(root, 'own/link-inside'))
  await writeFile(join(root, 'base/base.yaml'), 'extends: edge\nfiles: [{ source: key, path: files/key }]\n')
})
afterAll(() => rm(root, { recursive: true }))

const choose = async (text: string, allowOutside = false) => {
  const path = join(root, 'own/my.yaml')
  await writeFile(path, text.replaceAll('ROOT', root))
  return await chosenDefinition(undefined, path, { allowOutside })
}
const withFile = (source: string): string =>
  `extends: edge\nfiles: [{ source: ${source}, path: files/key }]\n`

test.each([
  ['a file beside the definition', withFile('key')],
  ['its whole path', withFile('ROOT/own/key')],
  ['a link to a file beside it', withFile('link-inside')],
  ['a file beside a definition that it extends', 'extends: ../base/base.yaml\n'],
  ['a file that does not exist, which is reported later', withFile('../missing')],
])('%s is taken', async (_, text) => {
  expect(await choose(text)).toMatchObject({ role: 'edge' })
})

test.each([
  ['a path that leaves the directory', withFile('../ownkey'), '../ownkey'],
  ['the whole path of another file', withFile('ROOT/base/key'), 'ROOT/base/key'],
  ['a link that leads outside', withFile('link'), 'link'],
  ['a program', 'extends: edge\nbinaries: { keadm: ../ownkey }\n', '../ownkey'],
])('%s is refused, unless it is allowed', async (_, text, path) => {
  await expect(choose(text)).rejects.toMatchObject({
    code: 'file-outside-definition',
    exitCode: 2,
    message: `cannot use ${path.replace('ROOT', root)}: it is outside the directory of the definition`,
    remedy: expect.stringContaining('--allow-outside'),
  })
  expect(await choose(text, true)).toMatchObject({ role: 'edge' })
})
