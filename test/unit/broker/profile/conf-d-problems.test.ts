import { expect, test } from 'vitest'
import { confDProblems } from '../../../../src/broker/profile/conf-d-problems.ts'

test.each([
  ['log_type all', undefined],
  ['# listener 1884', undefined],
  ['', undefined],
  ['listener 1884 0.0.0.0', 'listeners are settings of edgekit'],
  ['  port 1884', 'listeners are settings of edgekit'],
  ['bind_address 0.0.0.0', 'listeners are settings of edgekit'],
  ['per_listener_settings true', 'the options of edgekit are for all listeners'],
  ['per_listener_settings false', undefined],
  ['allow_anonymous true', 'anyone on the network could publish without a password'],
  ['allow_anonymous false', undefined],
  ['password_file /mosquitto/config/passwd2', 'edgekit keeps users and rules in its own files'],
  ['acl_file /mosquitto/config/acl2', 'edgekit keeps users and rules in its own files'],
  ['persistence_location /data/', 'the broker can write only below /mosquitto/data'],
  ['persistence_location /mosquitto/data/more/', undefined],
  ['persistence_location /mosquitto/data2', 'the broker can write only below /mosquitto/data'],
  ['pid_file /var/run/mosquitto.pid', 'the broker can write only below /mosquitto/data'],
  ['log_dest file /mosquitto/log/mosquitto.log', 'the broker can write only below /mosquitto/data'],
  ['log_dest file /mosquitto/data/mosquitto.log', undefined],
  ['log_dest syslog', undefined],
])('%s', (text, reason) => {
  const problems = confDProblems(`# a comment\n${text}\n`, '/a.conf')
  expect(problems).toEqual(
    reason === undefined ? [] : [{ path: '/a.conf', line: 2, text: text.trim(), reason }],
  )
})
