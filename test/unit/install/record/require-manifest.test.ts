import { expect, test } from 'vitest'
import { requireManifest } from '../../../../src/install/record/require-manifest.ts'
import { paths } from '../../../../src/node/paths.ts'
import { tinyNode } from '../../actions/tiny-node.ts'

test.each([
  ['missing', undefined, 'no such file'],
  ['empty', '', 'JSON'],
  ['half', '{"schemaVersion":1', 'JSON'],
  ['of a newer edgekit', '{"schemaVersion":2}', 'schemaVersion'],
])('a manifest that is %s is no internal error', async (_, text, why) => {
  const node = await tinyNode()
  if (text !== undefined) await node.put(paths.installedManifest, text)
  await expect(requireManifest(node)).rejects.toMatchObject({
    message: expect.stringMatching(new RegExp(`^cannot read ${paths.installedManifest}: .*${why}`)),
    code: 'bundle-damaged',
    remedy: 'Install the bundle again:\n  ./edgekit install',
  })
})
