import { paths } from '../node/paths.ts'

/** Why the broker does not start, and how to fix it. */
export interface BrokerLogProblem {
  code: string
  text: string
  remedy: string
  commands: readonly string[]
  /** The lines of the log that show it. */
  lines: string[]
}

interface KnownProblem extends Omit<BrokerLogProblem, 'lines'> {
  pattern: RegExp
}

const database = `${paths.brokerData}/mosquitto.db`

/** Errors of mosquitto 2.0.18 to 2.1.2 and of `ctr` when a start fails; the first match wins. */
const problems: readonly KnownProblem[] = [
  {
    pattern: /Unable to open (pwfile|acl_file)|Error opening (password|acl) file/i,
    code: 'access-files',
    text: 'the password file or ACL file that mosquitto.conf names is missing, or user 1883 cannot read it',
    remedy: 'Restore the file, and make it readable for user 1883, which the broker runs as.',
    commands: ['chown 1883:1883 /etc/edgekit/mosquitto/passwd', 'ls -ln /etc/edgekit/mosquitto'],
  },
  {
    pattern:
      /OpenSSL Error|Unable to load (server|CA) (certificate|key)|Problem with (cafile|certfile|keyfile)/i,
    code: 'tls-files',
    text: 'a certificate or key that mosquitto.conf names is missing, unreadable, or does not match',
    remedy: 'Restore the files, and make them readable for user 1883, which the broker runs as.',
    commands: [`grep -nE "cafile|certfile|keyfile" ${paths.brokerConfig}`, 'ls -ln /etc/edgekit/mosquitto'],
  },
  {
    pattern: /Unable to open config file/,
    code: 'configuration-missing',
    text: 'mosquitto.conf is missing',
    remedy: 'Restore it with the edgekit of the bundle.',
    commands: ['./edgekit install'],
  },
  {
    pattern: /Error found at .*mosquitto\.conf|Unknown configuration variable/,
    code: 'configuration',
    text: 'mosquitto.conf has an error',
    remedy: 'Correct the line that the log names, or restore the file with the edgekit of the bundle.',
    commands: [`mv ${paths.brokerConfig} ${paths.brokerConfig}.old`, './edgekit install'],
  },
  {
    pattern: /Unsupported persistent database format version|Incompatible database configuration/,
    code: 'database-version',
    text: "the broker's database was written by another version of mosquitto",
    remedy: 'Install the bundle that was there before, or move the database away, which loses its messages.',
    commands: ['./edgekit install', `mv ${database} ${database}.old`],
  },
  {
    // As far as seen only while it reads its database.
    pattern: /Error: Out of memory/,
    code: 'database-memory',
    text: "the broker's database needs more memory than memory_limit in mosquitto.conf allows",
    remedy: 'Increase memory_limit, and the limit of the container in mosquitto.service if necessary.',
    commands: [`grep -n memory_limit ${paths.brokerConfig}`, `ls -l ${database}`, 'systemctl edit mosquitto'],
  },
  {
    pattern: /Couldn't open database|Unable to restore persistent database/,
    code: 'database',
    text: "the broker's database is damaged; the next start sets it aside",
    remedy: 'Start the broker again. Its journal names the file that was set aside.',
    commands: ['journalctl -u mosquitto --no-pager | grep "is damaged"'],
  },
  {
    pattern: /Cannot assign requested address|Address not available/,
    code: 'address',
    text: 'mosquitto.conf has a listener on an address that this machine does not have',
    remedy: 'Correct the address, or wait until the network is up.',
    commands: [`grep -n listener ${paths.brokerConfig}`, 'ip -brief address'],
  },
  {
    // glibc and musl word it differently.
    pattern: /Address (already )?in use/,
    code: 'address-in-use',
    text: 'another program uses the port of a listener',
    remedy: 'Find that program and stop it.',
    commands: ['ss -ltnp'],
  },
]

/** The problem that the last lines of the broker's journal show after a failed start; undefined for an unknown one. */
export function explainBrokerLog(lines: readonly string[]): BrokerLogProblem | undefined {
  const known = problems.find(({ pattern }) => lines.some(line => pattern.test(line)))
  if (!known) return undefined
  const { pattern, ...problem } = known
  return { ...problem, lines: lines.filter(line => pattern.test(line) || /: Error/.test(line)).slice(-4) }
}
