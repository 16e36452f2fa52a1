import { expect, test } from 'vitest'
import { strerror } from '../../lab/libc/strerror.ts'
import { systemErrors } from '../../src/broker/log/system-errors.ts'

// The lab's broker is linked with glibc, the one in bundles with musl.
test.each([
  ['glibc', 0],
  ['musl', -1],
] as const)(
  '%s describes system errors in the words that the broker log is searched for',
  async (libc, index) => {
    const errors = Object.keys(systemErrors)
    expect(await strerror(libc, errors)).toEqual(Object.values(systemErrors).map(texts => texts.at(index)))
  },
)
