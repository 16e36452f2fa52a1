import { expect, test } from 'vitest'
import { systemError } from '../../../../src/cli/system-error.ts'
import { notWritable } from '../../../../src/lib/files/output-file.ts'
import { storageFailure } from '../../../../src/lib/files/storage-failure.ts'
import { systemCallError } from './system-call-error.ts'

test.each([
  ['ENOSPC', 'no-space', 'no space left on device', /^Free space on this file system:\n {2}df -h \/data$/],
  [
    'EDQUOT',
    'no-space',
    'disk quota exceeded',
    /^Free space, or have the quota raised:\n {2}quota -s; df -h \/data$/,
  ],
  [
    'EROFS',
    'disk-failed',
    'read-only file system',
    /^Make the file system writable\.[\s\S]*\n {2}findmnt --target \/data; dmesg/,
  ],
  ['EIO', 'disk-failed', 'i/o error', /^Check the disk[\s\S]*\n {2}findmnt --target \/data; dmesg/],
  [
    'EMFILE',
    'too-many-open-files',
    'too many open files',
    /^Raise the limit for open files[\s\S]*\n {2}ulimit -n/,
  ],
])('%s', (name, code, reason, remedy) => {
  const error = systemCallError(name, '/data/report')
  expect(storageFailure(error, '/data/report')).toMatchObject({ code, remedy: expect.stringMatching(remedy) })
  for (const shown of [systemError(error), notWritable('/data/report', new Error('x', { cause: error }))])
    expect(shown).toMatchObject({ code, remedy: expect.stringMatching(remedy) })
  expect(systemError(error)?.message).toBe(`cannot write /data/report: ${reason}`)
})

test('a path with blanks stays one word of the command', () => {
  expect(storageFailure(systemCallError('ENOSPC', '/my data/x'), '/my data/x')?.remedy).toContain(
    "df -h '/my data'",
  )
})

test('other errors are no failure of a disk', () => {
  expect(storageFailure(systemCallError('ENOENT', '/x'), '/x')).toBeUndefined()
  expect(storageFailure(new Error('x'), '/x')).toBeUndefined()
  expect(systemError(systemCallError('ENOENT', '/x'))).toBeUndefined()
})
