import type { Fault } from './fault.ts'

export const oldKernel: Fault = {
  what: 'the kernel is from 2010',
  occasion: 'preflight',
  fails: 'kernel',
  says: /linux 2\.6\.\d+/,
  release: 'trixie',
  breakIt: async () => undefined,
  mend: async () => undefined,
  prefix: 'setarch --uname-2.6',
}
