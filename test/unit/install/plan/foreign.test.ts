import { expect, test } from 'vitest'
import { refuseForeign } from '../../../../src/install/plan/foreign.ts'
import type { PlannedStep } from '../../../../src/install/plan/plan.ts'
import { exitCodes } from '../../../../src/lib/exit-codes.ts'

const directory = (id: string): PlannedStep => ({
  id,
  kind: 'directory',
  title: id,
  spec: { path: id, ours: true, mode: 0o755, uid: 0, gid: 0 },
})
const link = (id: string): PlannedStep => ({ id, kind: 'link', title: id, spec: { path: id, target: '/x' } })
const image = (id: string): PlannedStep => ({
  id,
  kind: 'image',
  title: id,
  spec: { reference: id, digest: 'sha256:0', platform: 'linux/amd64', archive: '/x' },
})
const adopt = 'To keep and use what exists, add --adopt.'

test.each<[string, PlannedStep[], string[]]>([
  [
    'two files, with one command for both',
    [link('/a'), link('/b')],
    ['Replace them, which keeps a backup:', '  ./edgekit install --force=/a --force=/b'],
  ],
  ['an image', [image('x:1')], ['Remove images that nothing uses:', '  ctr -n k8s.io images rm x:1']],
  [
    'a file in place of a directory',
    [directory('/d')],
    ['Move these away, to make room for directories:', '  mv /d /d.old'],
  ],
])('the remedy for what is in the way: %s', (_, foreign, remedy) => {
  expect(() => refuseForeign({ undo: [], steps: [], kept: [], foreign })).toThrow(
    expect.objectContaining({
      exitCode: exitCodes.refused,
      message: expect.stringMatching(new RegExp(`^nothing was changed: .*\n  ${foreign[0]?.id}`)),
      remedy: [...remedy, adopt].join('\n'),
    }),
  )
})

test('nothing in the way is no reason to refuse', () => {
  expect(() => refuseForeign({ undo: [], steps: [], kept: [], foreign: [] })).not.toThrow()
})
