import type { BrokerDatabaseFacts } from '../../../facts/broker-database.ts'
import { requireFact } from '../../../facts/fact.ts'
import { formatBytes } from '../../../lib/format.ts'
import type { Check, Finding } from '../../check.ts'

const mb = 1_000_000
/** A save writes a new file beside the old one, and both exist until it is complete. */
const requiredFor = ({ bytes = 0 }: BrokerDatabaseFacts): number => bytes + mb
/** Room for a database that grows to twice its size. */
const comfortableFor = ({ bytes = 0 }: BrokerDatabaseFacts): number => 2 * bytes + 8 * mb

export const brokerDisk: Check = {
  id: 'broker-disk',
  title: 'Disk has room for broker messages',
  tags: ['checklist', 'doctor'],
  needs: ['running-as-root'],
  run(facts) {
    const database = requireFact(facts.brokerDatabase)
    if (!database) return { status: 'skip', observed: 'the broker does not save messages' }
    const { disk, path, bytes = 0 } = database
    const sizes = `${formatBytes(disk.availableBytes)} available in ${disk.mountPoint}, ${path} has ${formatBytes(bytes)}`
    const expected = `a writable disk with ${formatBytes(comfortableFor(database))} available: a save writes a second copy. mosquitto does not report every save that fails, and a restart then loses messages it has acknowledged`
    const finding = (status: 'warn' | 'fail', observed: string): Finding => ({
      status,
      observed,
      expected,
      remedy: remedyFor(database),
    })
    if (disk.readOnly)
      return finding('fail', `${disk.mountPoint}, where the broker saves messages, is read-only`)
    if (disk.totalInodes > 0 && disk.freeInodes === 0)
      return finding('fail', `the broker cannot save messages: no free inodes in ${disk.mountPoint}`)
    if (disk.availableBytes < requiredFor(database))
      return finding('fail', `the broker cannot save messages: ${sizes}`)
    if (disk.availableBytes < comfortableFor(database)) return finding('warn', sizes)
    return { status: 'pass', observed: sizes }
  },
}

const remedyFor = ({ disk }: BrokerDatabaseFacts): NonNullable<Finding['remedy']> =>
  disk.readOnly
    ? {
        text: 'Find out why it is read-only, then mount it writable.',
        commands: ['dmesg | tail -n 50', `mount -o remount,rw ${disk.mountPoint}`],
      }
    : {
        text: 'Free disk space. The broker saves again by itself within a minute.',
        commands: [
          `du -xh --max-depth=2 ${disk.mountPoint} | sort -h | tail -n 15`,
          'journalctl --vacuum-size=100M',
        ],
      }
