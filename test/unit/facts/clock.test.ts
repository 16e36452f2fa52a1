import { expect, test } from 'vitest'
import { parseKernelDate } from '../../../src/facts/clock.ts'

test.each([
  [
    'Linux version 6.1.0-18-amd64 (debian-kernel@lists.debian.org) (gcc-12 (Debian 12.2.0-14) 12.2.0, GNU ld 2.40) #1 SMP PREEMPT_DYNAMIC Debian 6.1.76-1 (2024-02-01)',
    '2024-02-01',
  ],
  ['Linux version 6.18.44 (builder@sandboxing) (gcc (GCC) 15.3.0) #1 SMP PREEMPT_DYNAMIC @0', undefined],
  ['', undefined],
])('parses the build date of a kernel: %s', (version, day) => {
  expect(parseKernelDate(version)).toBe(day && Date.parse(day))
})
