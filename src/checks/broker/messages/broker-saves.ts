import { withoutTime } from '../../../broker/log/log-time.ts'
import { inAnyLibc } from '../../../broker/log/system-errors.ts'
import { requireFact } from '../../../facts/fact.ts'
import type { JournalLine } from '../../../node/systemd-journal.ts'
import type { Check, Finding } from '../../check.ts'

const reason = inAnyLibc(
  'ENOSPC',
  'EROFS',
  'EACCES',
  'EPERM',
  'EIO',
  'EDQUOT',
  'EISDIR',
  'EFBIG',
  'ESTALE',
  'ENOENT',
  'EUCLEAN',
)

/**
 * The error of a save. persist__backup of mosquitto 2.0 logs nothing but the description of the system error; 2.1 names the
 * file before it (src/persist_write.c, libcommon/file_common.c).
 */
const saveError = new RegExp(
  `^Error: (${reason})\\.$|^Error (?:during )?saving in-memory database,? .* (${reason})\\.?$`,
)
const reasonIn = (line: string): string | undefined =>
  saveError.exec(withoutTime(line))?.slice(1).find(Boolean)

export const brokerSaves: Check = {
  id: 'broker-saves',
  title: 'Broker saves its messages',
  tags: ['checklist', 'doctor'],
  needs: ['broker-data', 'broker-disk', 'broker-active'],
  run(facts) {
    const database = requireFact(facts.brokerDatabase)
    if (!database) return { status: 'skip', observed: 'the broker does not save messages' }
    const { path, bytes, savedAt } = database
    const failed = failedSince(savedAt ?? 0, requireFact(facts.brokerJournal))
    if (bytes !== 0 && failed.length === 0)
      return {
        status: 'pass',
        observed:
          savedAt === undefined ? 'not saved yet' : `last saved at ${new Date(savedAt).toISOString()}`,
      }
    return {
      status: 'fail',
      observed:
        bytes === 0
          ? `the last save failed: ${path} is empty`
          : `the last save failed: ${reasonIn(failed.at(-1) ?? '')}`,
      expected: 'regular saves: a restart or a power cut loses what is not saved',
      evidence: failed.slice(-2),
      remedy: remedyFor(path),
    }
  },
}

/** The errors since the last save that succeeded. The broker logs others in the same words only when it starts. */
const failedSince = (time: number, journal: readonly JournalLine[]): string[] =>
  journal.filter(line => line.time > time && reasonIn(line.text)).map(({ text }) => text)

const remedyFor = (path: string): NonNullable<Finding['remedy']> => {
  const directory = path.replace(/\/[^/]*$/, '')
  return {
    text: 'Make the broker save now, then check that the file is not empty. If it is, check the disk.',
    commands: [
      'systemctl kill --signal=USR1 mosquitto',
      `ls -l ${directory}`,
      `df -h ${directory}`,
      'dmesg | tail -n 50',
    ],
  }
}
