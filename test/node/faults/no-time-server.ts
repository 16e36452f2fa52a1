import { type Fault, seenAfter } from './fault.ts'

export const noTimeServer: Fault = {
  what: 'no time server keeps the clock right',
  occasion: 'doctor',
  fails: 'clock-synchronized',
  status: 'warn',
  says: /timedatectl set-ntp true/,
  release: 'bookworm',
  ...seenAfter(
    `mount -t tmpfs tmpfs /run/systemd/timesync
     printf '#!/bin/sh\\necho no\\n' >/run/systemd/timesync/no; chmod 755 /run/systemd/timesync/no
     mount --bind /run/systemd/timesync/no /usr/bin/timedatectl`,
  ),
}
