import { type Fault, seenAfter } from './fault.ts'

export const noJournal: Fault = {
  what: 'there is no journal',
  occasion: 'doctor',
  fails: 'journal-kept',
  says: /there is no journal/,
  release: 'trixie',
  ...seenAfter(
    'mount -t tmpfs tmpfs /var/log/journal; mkdir -p /run/log/journal; mount -t tmpfs tmpfs /run/log/journal',
  ),
}
