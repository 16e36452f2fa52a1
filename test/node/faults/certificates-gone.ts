import type { Fault } from './fault.ts'

export const certificatesGone: Fault = {
  what: 'the node has no certificates and the cloud is out of reach: EdgeCore exits again and again',
  occasion: 'doctor',
  fails: 'edgecore-active',
  says: /failed to apply the edge certs/,
  breakIt: node => node.sh('rm /etc/kubeedge/certs/*; systemctl restart edgecore; sleep 2'),
}
