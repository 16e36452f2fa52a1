import { execFileSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { cksum } from '../../../../src/build/pack/cksum.ts'

let directory: string
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'edgekit cksum-'))
})
afterAll(() => rm(directory, { recursive: true }))

test.each([0, 1, 2, 3, 255, 256, 65_535, 65_536, 1 << 20, (1 << 20) + 1, 3_000_001])(
  'of %d bytes it equals the output of cksum',
  async size => {
    const path = join(directory, `of-${size}`)
    await writeFile(path, randomBytes(size))
    expect(await cksum(path)).toBe(
      execFileSync('cksum', [path], { encoding: 'utf8' }).split(' ').slice(0, 2).join(' '),
    )
  },
)
