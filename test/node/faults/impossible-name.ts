import type { Fault } from './fault.ts'

export const impossibleName: Fault = {
  what: 'the machine is called localhost, like every other',
  occasion: 'preflight',
  fails: 'node-name',
  says: /hostnamectl set-hostname/,
  release: 'trixie',
  breakIt: node => node.sh('hostname localhost'),
  mend: node => node.sh('hostname --file /etc/hostname'),
}
