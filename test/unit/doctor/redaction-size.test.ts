import { expect, test } from 'vitest'
import { createRedactor } from '../../../src/doctor/redact.ts'

/** Text that makes a rule try again at every place. */
const repeated: readonly string[] = [
  'x',
  ' ',
  '\n',
  'marshal message "x: ',
  'marshal message x error ',
  'message channel is full, message: ',
  'payload: ',
  'msg body=',
  'token x ',
  'token=',
  'token: "',
  "password='",
  'password="\\',
  '\\"password\\":\\"x',
  '"password=x',
  'password:|\n x\n',
  'password_',
  '--token ',
  '--token "',
  'mosquitto_pub ',
  'mosquitto_pub -m ',
  'curl ',
  'curl -u',
  'authorization: ',
  'bearer ',
  'https://',
  'https://x@',
  'eyJ',
  'eyJaaaaaaaa.aaaa.',
  `${'0'.repeat(64)}.`,
  '-----BEGIN PRIVATE KEY-----',
  '-----BEGIN PRIVATE KEY-----\nAAAA\n',
  '-----BEGIN ',
  'AAAA/+=',
  'auth=',
  '"auth":"',
  'cookie: ',
  'Environment=A=b ',
  'sig=',
  'ghp_',
  'a:b@',
  'sshpass -p ',
  'password is ',
  'auth_opt_',
]

/** Processor time, which other work on the machine does not change. */
function millisecondsFor(text: string): number {
  const redactor = createRedactor()
  const before = process.threadCpuUsage()
  redactor.learn(text)
  redactor.text(text)
  const { user, system } = process.threadCpuUsage(before)
  return (user + system) / 1000
}

test.each(repeated)('twice as much of %j takes at most three times as long', unit => {
  const best = (length: number): number => {
    const text = unit.repeat(length / unit.length)
    return Math.min(...[1, 2, 3].map(() => millisecondsFor(text)))
  }
  // Less than 50 ms is the noise of garbage collection.
  const single = Math.max(best(100_000), 50)
  expect(best(200_000)).toBeLessThan(3 * single)
})
