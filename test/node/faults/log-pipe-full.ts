import type { Fault } from './fault.ts'

const ctr = '$(systemctl show --property=MainPID --value mosquitto)'

export const logPipeFull: Fault = {
  what: 'nobody reads what the broker logs, and it has logged until the pipe was full',
  occasion: 'doctor',
  fails: 'broker-log-drained',
  says: /the broker stands still: it writes to its log/,
  release: 'trixie',
  // Every connection is a line.
  breakIt: node =>
    node.sh(
      `kill -STOP ${ctr}
       until grep --quiet pipe_write /proc/$(pidof mosquitto)/wchan; do
         for one in $(seq 100); do timeout 1 bash -c ': </dev/tcp/127.0.0.1/1883'; done
       done`,
    ),
}
