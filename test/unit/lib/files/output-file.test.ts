import { expect, test } from 'vitest'
import { requireOutputFile } from '../../../../src/lib/files/output-file.ts'

test.each([
  ['/dev/null', 'it is not a regular file'],
  ['/dev/stdout', 'it is not a regular file'],
  ['/dev/absent', 'it is not a regular file'],
  ['/', 'it is a directory'],
  ['/absent/file', 'no such file or directory'],
])('%s is not replaced', async (path, reason) => {
  await expect(requireOutputFile(path)).rejects.toMatchObject({
    code: 'output-not-writable',
    message: `cannot write ${path}: ${reason}`,
  })
})
