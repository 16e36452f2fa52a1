import type { Fault } from './fault.ts'

export const noSystemd: Fault = {
  what: 'the machine was not started by systemd, as in a plain container',
  occasion: 'preflight',
  fails: 'systemd-is-init',
  says: /started by systemd/,
  breakIt: node =>
    node.write('/root/no-systemd', '#!/bin/sh\nmount -t tmpfs tmpfs /run/systemd\nexec "$@"\n', 0o755),
  mend: node => node.sh('rm /root/no-systemd'),
  release: 'bookworm',
  prefix: 'unshare --mount /root/no-systemd',
}
