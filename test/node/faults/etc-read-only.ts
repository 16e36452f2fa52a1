import { type Fault, seenAfter } from './fault.ts'

export const etcReadOnly: Fault = {
  what: '/etc is read-only',
  occasion: 'preflight',
  fails: 'directories-writable',
  says: /read-only: \/etc/,
  release: 'trixie',
  ...seenAfter('mount --bind /etc /etc; mount -o remount,bind,ro /etc'),
}
