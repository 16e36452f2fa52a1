import type { Fault } from './fault.ts'

export const brokerKilledOften: Fault = {
  what: 'the broker is killed again and again, as for want of memory, and comes back each time',
  occasion: 'doctor',
  fails: 'broker-stable',
  says: /has been restarted 3 times in ten minutes/,
  release: 'trixie',
  breakIt: node =>
    node.sh(
      `for time in 1 2 3; do
         kill -KILL $(pidof mosquitto)
         until test "$(systemctl show --property=NRestarts --value mosquitto)" = $time; do sleep 0.1; done
         until systemctl is-active --quiet mosquitto; do sleep 0.1; done
       done; sleep 6`,
    ),
}
