import type { Fault } from './fault.ts'

export const impossibleName: Fault = {
  what: 'the host name has an underscore, which the cloud refuses',
  occasion: 'preflight',
  fails: 'node-name',
  says: /hostnamectl set-hostname/,
  breakIt: node => node.sh('hostname My_Edge'),
}
