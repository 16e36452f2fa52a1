import type { Fault } from './fault.ts'

const key = '/etc/kubeedge/certs/server.key'

export const keyReadable: Fault = {
  what: 'every user of the machine can read the key of the node',
  occasion: 'doctor',
  fails: 'secret-files',
  status: 'warn',
  says: /chmod o= \/etc\/kubeedge\/certs\/server\.key/,
  release: 'trixie',
  breakIt: node => node.sh(`chmod 644 ${key}`),
  mend: node => node.sh(`chmod 600 ${key}`),
}
