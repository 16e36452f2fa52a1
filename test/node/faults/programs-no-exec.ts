import { type Fault, seenAfter } from './fault.ts'

export const programsNoExec: Fault = {
  what: 'programs may not be started from /usr/local/bin',
  occasion: 'doctor',
  fails: 'programs-can-run',
  says: /noexec: \/usr\/local\/bin/,
  release: 'trixie',
  ...seenAfter('mount --bind /usr/local/bin /usr/local/bin; mount -o remount,bind,noexec /usr/local/bin'),
}
