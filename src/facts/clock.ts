import type { Node } from '../node/node.ts'
import { paths } from '../node/paths.ts'
import type { Collector } from './collector.ts'

export interface ClockFacts {
  /** Milliseconds since 1970, like `time` below. */
  now: number
  /** Past events: a correct clock cannot be earlier than any of them. */
  pastEvents: { event: string; time: number }[]
  /** Whether a time server sets the clock; undefined when that is unknown. */
  synchronized: boolean | undefined
}

/** Files whose modification times date past events; the last two belong to systemd-timesyncd(8). */
const files: Record<string, string> = {
  'the bundle was installed': paths.installedManifest,
  'a package was installed': '/var/lib/dpkg/status',
  'systemd was built': '/usr/lib/clock-epoch',
  'the clock was last synchronized': '/var/lib/systemd/timesync/clock',
}

/** `#1 SMP PREEMPT_DYNAMIC Debian 6.1.76-1 (2024-02-01)` */
export function parseKernelDate(version: string): number | undefined {
  const date = /\((\d{4}-\d\d-\d\d)\)/.exec(version)?.[1]
  return date === undefined ? undefined : Date.parse(date)
}

async function isSynchronized({ files, processes }: Node): Promise<boolean | undefined> {
  if (await files.status('/run/systemd/timesync/synchronized')) return true
  const args = ['show', '--property=NTPSynchronized', '--value']
  const answer = await processes
    .run('timedatectl', args, { timeoutMs: 3_000 })
    .then(({ stdout }) => stdout.trim())
    .catch(() => '')
  return answer === '' ? undefined : answer === 'yes'
}

export const clock: Collector<ClockFacts> = {
  timeoutMs: 10_000,
  async collect(node) {
    const [synchronized, version, ...times] = await Promise.all([
      isSynchronized(node),
      node.files.read('/proc/version'),
      ...Object.values(files).map(path => node.files.modified(path)),
    ])
    const events = [
      { event: 'the kernel was built', time: parseKernelDate(version ?? '') },
      ...Object.keys(files).map((event, index) => ({ event, time: times[index] })),
    ]
    return {
      now: Date.now(),
      pastEvents: events.flatMap(({ event, time }) => (time === undefined ? [] : [{ event, time }])),
      synchronized,
    }
  },
}
