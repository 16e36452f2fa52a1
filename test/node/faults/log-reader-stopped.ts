import type { Fault } from './fault.ts'

const ctr = '$(systemctl show --property=MainPID --value mosquitto)'

export const logReaderStopped: Fault = {
  what: 'ctr stands still, and nobody reads what the broker logs',
  occasion: 'doctor',
  fails: 'broker-log-drained',
  says: /ctr is stopped/,
  release: 'bookworm',
  breakIt: node => node.sh(`kill -STOP ${ctr}`),
  mend: node => node.sh(`kill -CONT ${ctr}`),
}
