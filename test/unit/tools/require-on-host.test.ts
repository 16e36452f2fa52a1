import { expect, test } from 'vitest'
import { requireOnHost } from '../../../tools/require-on-host.ts'

test('changes nothing on a host that has everything', async () => {
  await expect(requireOnHost('this test', { sh: 'dash', '/bin/sh': 'dash' })).resolves.toBeUndefined()
})
