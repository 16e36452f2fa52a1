import { EdgekitError } from '../../lib/errors.ts'
import { plural } from '../../lib/format.ts'
import type { Files } from '../../node/files.ts'
import type { Network } from '../../node/network/network.ts'
import type { Load } from '../settings.ts'

/** Threads, event loops and standard streams. */
const ownDescriptors = 100

/** Without a limit in the kernel's table. */
const countIn = (text: string): number => (text === 'unlimited' ? Number.POSITIVE_INFINITY : Number(text))

/**
 * Refuse connections that this machine cannot open, before the first one. Node.js raises the soft limit for open files to the
 * hard one. Throws EdgekitError (too-many-open-files, too-few-ports).
 */
export async function requireCapacity(
  { publishers, subscribers }: Load,
  port: number,
  { files, network }: { files: Files; network: Pick<Network, 'connections'> },
): Promise<void> {
  const needed = publishers + subscribers
  // proc_pid_limits(5), ip(7): both are the kernel's own.
  const limits = (await files.read('/proc/self/limits')) ?? ''
  const allowed = countIn(/^Max open files\s+(\S+)/m.exec(limits)?.[1] ?? 'unlimited') - ownDescriptors
  if (needed > allowed)
    throw new EdgekitError(
      `cannot open ${plural(needed, 'connection')}: the limit for open files allows ${allowed}`,
      {
        code: 'too-many-open-files',
        remedy: `Raise the limit:\n  ulimit -Hn ${needed + ownDescriptors}`,
      },
    )
  const range = (await files.read('/proc/sys/net/ipv4/ip_local_port_range')) ?? ''
  const [first = 1024, last = 65_535] = range.trim().split(/\s+/).filter(Boolean).map(Number)
  // A connection to another address or port can have the same local port.
  const used = (await network.connections()).filter(({ remotePort }) => remotePort === port).length
  const free = last - first + 1 - used
  if (needed > free)
    throw new EdgekitError(
      `cannot open ${plural(needed, 'connection')}: the port range of this machine has ${free} free ports`,
      {
        code: 'too-few-ports',
        remedy: 'Widen the range:\n  sysctl -w net.ipv4.ip_local_port_range="1024 65535"',
      },
    )
}
