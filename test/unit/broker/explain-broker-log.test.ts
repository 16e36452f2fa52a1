import { describe, expect, test } from 'vitest'
import { explainBrokerLog } from '../../../src/broker/explain-broker-log.ts'

const accessFiles = [
  'access-files',
  'the password file or ACL file that mosquitto.conf names is missing, or user 1883 cannot read it',
  'Restore the file, and make it readable for user 1883, which the broker runs as.',
  'chown 1883:1883 /etc/edgekit/mosquitto/passwd',
] as const
const tlsFiles = [
  'tls-files',
  'a certificate or key that mosquitto.conf names is missing, unreadable, or does not match',
  'Restore the files, and make them readable for user 1883, which the broker runs as.',
  'grep -nE "cafile|certfile|keyfile" /etc/edgekit/mosquitto/mosquitto.conf',
] as const
const missing = [
  'configuration-missing',
  'mosquitto.conf is missing',
  'Restore it with the edgekit of the bundle.',
  './edgekit install',
] as const
const configuration = [
  'configuration',
  'mosquitto.conf has an error',
  'Correct the line that the log names, or restore the file with the edgekit of the bundle.',
  'mv /etc/edgekit/mosquitto/mosquitto.conf /etc/edgekit/mosquitto/mosquitto.conf.old',
] as const
const database = [
  'database',
  "the broker's database is damaged; the next start sets it aside",
  'Start the broker again. Its journal names the file that was set aside.',
  'journalctl -u mosquitto --no-pager | grep "is damaged"',
] as const
const otherVersion = [
  'database-version',
  "the broker's database was written by another version of mosquitto",
  'Install the bundle that was there before, or move the database away, which loses its messages.',
  './edgekit install',
] as const
const memory = [
  'database-memory',
  "the broker's database needs more memory than memory_limit in mosquitto.conf allows",
  'Increase memory_limit, and the limit of the container in mosquitto.service if necessary.',
  'grep -n memory_limit /etc/edgekit/mosquitto/mosquitto.conf',
] as const
const address = [
  'address',
  'mosquitto.conf has a listener on an address that this machine does not have',
  'Correct the address, or wait until the network is up.',
  'grep -n listener /etc/edgekit/mosquitto/mosquitto.conf',
] as const
const inUse = [
  'address-in-use',
  'another program uses the port of a listener',
  'Find that program and stop it.',
  'ss -ltnp',
] as const

// Lines of mosquitto 2.0 and 2.1 (src/mosquitto.c, conf.c, security_default.c, net.c, persist_read.c).
describe.each([
  ['Error: Unable to open pwfile "/mosquitto/config/passwd".', accessFiles],
  ['Error: Unable to open acl_file "/mosquitto/config/acl".', accessFiles],
  ['Error opening password file "/mosquitto/config/passwd".', accessFiles],
  ['Error opening acl file "/mosquitto/config/acl".', accessFiles],
  ['OpenSSL Error[1]: error:10080002:BIO routines::system lib', tlsFiles],
  ['Error: Unable to load CA certificates. Check cafile "/mosquitto/config/ca.crt".', tlsFiles],
  ['Error: Unable to load server certificate "/mosquitto/config/a.crt". Check certfile.', tlsFiles],
  ['Error: Unable to load server key file "/mosquitto/config/a.key". Check keyfile.', tlsFiles],
  ['Error: Problem with cafile', tlsFiles],
  ['Error: Unable to open config file /mosquitto/config/mosquitto.conf.', missing],
  ["Error: Unable to open config file '/mosquitto/config/mosquitto.conf'.", missing],
  ['Error found at /mosquitto/config/mosquitto.conf:32.', configuration],
  ["Error found at '/mosquitto/config/mosquitto.conf:32'.", configuration],
  ['Error: Unknown configuration variable "presistence".', configuration],
  ["Error: Couldn't open database.", database],
  ['Error: Unable to restore persistent database. Unrecognised file format.', database],
  ['Error: Unsupported persistent database format version 9 (need version 6).', otherVersion],
  ['Error: Incompatible database configuration (dbid size is 4 bytes, expected 8)', otherVersion],
  ['Error: Out of memory.', memory],
  ['Error: Cannot assign requested address', address],
  ['Error: Address not available', address],
  ['Error: Address already in use', inUse],
  ['Error: Address in use', inUse],
] as const)('%s', (text, [code, explanation, remedy, command]) => {
  const line = `2026-11-21T10:39:35: ${text}`

  test('has an explanation and a remedy', () => {
    const found = explainBrokerLog(['2026-11-21T10:39:34: mosquitto version 2.0.22 starting', line])
    expect(found).toMatchObject({ code, text: explanation, remedy, lines: [line] })
    expect(found?.commands[0]).toBe(command)
  })
})

test('has no explanation for an unknown error', () => {
  expect(explainBrokerLog(['2026-11-21T10:39:35: Error: Success.'])).toBe(undefined)
})

test('does not take an empty database for the reason of another failure', () => {
  const lines = ['1: Warning: Persistence file is empty.', '1: Error: Address already in use']
  expect(explainBrokerLog(lines)).toMatchObject({ code: 'address-in-use', lines: [lines[1]] })
})

test('shows the last four lines with errors', () => {
  const errors = Array.from({ length: 5 }, (_, index) => `${index}: Error: number ${index}`)
  const lines = [...errors, "6: Error: Couldn't open database.", '7: mosquitto version 2.0.22 terminating']
  expect(explainBrokerLog(lines)?.lines).toEqual(lines.slice(2, 6))
})
