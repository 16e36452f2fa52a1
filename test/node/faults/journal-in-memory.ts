import { type Fault, seenAfter } from './fault.ts'

export const journalInMemory: Fault = {
  what: 'the journal is kept in memory only',
  occasion: 'doctor',
  fails: 'journal-kept',
  status: 'warn',
  says: /\/run\/log\/journal/,
  release: 'bookworm',
  ...seenAfter(
    `mkdir -p /run/log/journal; mount --bind /var/log/journal /run/log/journal; mount -t tmpfs tmpfs /var/log/journal`,
  ),
}
