import { paths } from '../../node/paths.ts'
import type { KnownProblem } from './known-problem.ts'
import { inAnyLibc } from './system-errors.ts'

const database = `${paths.brokerData}/mosquitto.db`

/** What the broker cannot read or keep in memory (src/persist_read.c, mux_epoll.c and the allocations of all files). */
export const databaseProblems: readonly KnownProblem[] = [
  {
    code: 'database-version',
    pattern: /^Error: (?:Unsupported persistent database format version|Incompatible database configuration)/,
    text: "the broker's database was written by another version of mosquitto",
    remedy: 'Install the bundle that was there before, or move the database away, which loses its messages.',
    commands: ['./edgekit install', `mv ${database} ${database}.old`],
  },
  {
    // As far as seen only while it reads its database; musl describes ENOMEM in the same words.
    code: 'database-memory',
    pattern: new RegExp(`^(?:Error: )?${inAnyLibc('ENOMEM')}`),
    text: "the broker's database needs more memory than memory_limit in mosquitto.conf allows; the next start sets it aside",
    remedy: 'Start the broker again. Its journal names the file that was set aside.',
    commands: ['journalctl -u mosquitto --no-pager | grep "is too large"'],
  },
  {
    code: 'database',
    pattern: /^Error: (?:Couldn't open database|Unable to restore persistent database)/,
    text: "the broker's database is damaged; the next start sets it aside",
    remedy: 'Start the broker again. Its journal names the file that was set aside.',
    commands: ['journalctl -u mosquitto --no-pager | grep "is damaged"'],
  },
  {
    code: 'open-files',
    pattern: new RegExp(`^Error(?: in epoll \\w+)?: ${inAnyLibc('EMFILE', 'ENFILE')}`),
    text: 'the broker may not open more files and connections',
    remedy: 'Increase the limit: add LimitNOFILE=65536 to the section [Service].',
    commands: ['systemctl edit containerd', 'cat /proc/sys/fs/file-nr'],
  },
]
