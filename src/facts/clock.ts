import type { Node } from '../node/node.ts'
import { paths } from '../node/paths.ts'
import type { Collector } from './collector.ts'

export interface ClockFacts {
  /** Milliseconds since 1970, as all times here. */
  now: number
  /** Things that have happened: it cannot be earlier than any of them. */
  happened: { what: string; time: number }[]
  /** Does something keep the clock right? Undefined when nobody can say. */
  synchronised: boolean | undefined
}

/** Written now and then, or when something is installed. The last two are systemd-timesyncd's own (systemd-timesyncd(8)). */
const files: Record<string, string> = {
  'the bundle was installed': paths.installedManifest,
  'a package was installed': '/var/lib/dpkg/status',
  'systemd was built': '/usr/lib/clock-epoch',
  'the clock was last right': '/var/lib/systemd/timesync/clock',
}

/** `#1 SMP PREEMPT_DYNAMIC Debian 6.1.76-1 (2024-02-01)` */
export function parseKernelDate(version: string): number | undefined {
  const date = /\((\d{4}-\d\d-\d\d)\)/.exec(version)?.[1]
  return date === undefined ? undefined : Date.parse(date)
}

async function isSynchronised({ files, processes }: Node): Promise<boolean | undefined> {
  if (await files.status('/run/systemd/timesync/synchronized')) return true
  const args = ['show', '--property=NTPSynchronized', '--value']
  const answer = await processes
    .run('timedatectl', args, { timeoutMs: 3_000 })
    .then(({ stdout }) => stdout.trim())
    .catch(() => '')
  return answer === '' ? undefined : answer === 'yes'
}

export const clock: Collector<ClockFacts> = {
  name: 'clock',
  timeoutMs: 10_000,
  async collect(node) {
    const [synchronised, version, ...times] = await Promise.all([
      isSynchronised(node),
      node.files.read('/proc/version'),
      ...Object.values(files).map(path => node.files.modified(path)),
    ])
    const happened = [
      { what: 'the kernel was built', time: parseKernelDate(version ?? '') },
      ...Object.keys(files).map((what, index) => ({ what, time: times[index] })),
    ]
    return {
      now: Date.now(),
      happened: happened.flatMap(({ what, time }) => (time === undefined ? [] : [{ what, time }])),
      synchronised,
    }
  },
}
