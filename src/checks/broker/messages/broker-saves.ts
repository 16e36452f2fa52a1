import { requireFact } from '../../../facts/fact.ts'
import type { JournalLine } from '../../../node/systemd-journal.ts'
import type { Check, Finding } from '../../check.ts'

/** persist__backup of mosquitto 2.0 and 2.1 logs the description of the system error, and nothing else. */
const saveError =
  /: Error: (No space left on device|Read-only file system|Permission denied|Operation not permitted|I\/O error|Input\/output error|Disk quota exceeded|Quota exceeded|Is a directory|File too large|Stale file handle)\.$/

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
          : `the last save failed: ${saveError.exec(failed.at(-1) ?? '')?.[1]}`,
      expected: 'regular saves: a restart or a power cut loses what is not saved',
      evidence: failed.slice(-2),
      remedy: remedyFor(path),
    }
  },
}

/** The errors since the last save that succeeded. The broker logs others in the same words only when it starts. */
const failedSince = (time: number, journal: readonly JournalLine[]): string[] =>
  journal.filter(line => line.time > time && saveError.test(line.text)).map(({ text }) => text)

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
