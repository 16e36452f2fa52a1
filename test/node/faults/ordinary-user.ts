import type { Fault } from './fault.ts'

export const ordinaryUser: Fault = {
  what: 'an ordinary user runs the install',
  occasion: 'preflight',
  fails: 'running-as-root',
  says: /sudo \.\/edgekit install/,
  release: 'bookworm',
  breakIt: node => node.sh('chmod 755 /root'),
  mend: node => node.sh('chmod 700 /root'),
  prefix: 'setpriv --reuid=65534 --regid=65534 --clear-groups',
}
