import type { Fault } from './fault.ts'

export const ordinaryUser: Fault = {
  what: 'an ordinary user runs the install',
  occasion: 'preflight',
  fails: 'running-as-root',
  says: /sudo \.\/edgekit install/,
  breakIt: node => node.sh('chmod 755 /root'),
  prefix: 'setpriv --reuid=65534 --regid=65534 --clear-groups',
}
