import type { Target } from '../../broker-test/target.ts'
import type { Files } from '../../node/files.ts'
import type { Network } from '../../node/network/network.ts'

/** What the broker used, while it is on this machine. */
export interface BrokerUsage {
  program: string
  /** Share of one processor. */
  cpu: number
  memoryBytes: number
}

/** Measures from its creation. */
export interface BrokerMeter {
  usage(): Promise<BrokerUsage | undefined>
}

const loopback = /^(?:127\.|::1$|localhost$)/
/** USER_HZ, the same on all architectures that edgekit supports (proc_pid_stat(5)). */
const ticksPerSecond = 100

/**
 * Measure the process that listens on the broker's port of this machine. Without root, that of another user is not seen, and
 * the usage is undefined.
 */
export async function meterBroker(
  { host, port }: Target,
  { files, network }: { files: Files; network: Pick<Network, 'listeners' | 'addresses'> },
): Promise<BrokerMeter> {
  const isHere = loopback.test(host) || network.addresses().includes(host)
  const listeners = isHere ? await network.listeners() : []
  const owner = listeners.find(listener => listener.port === port && listener.owner)?.owner
  const used = async (): Promise<number | undefined> => {
    const stat = owner && (await files.read(`/proc/${owner.pid}/stat`).catch(() => undefined))
    // The name of the program, in parentheses, can have blanks.
    const fields = stat?.slice(stat.lastIndexOf(')') + 2).split(' ')
    return fields && (Number(fields[11]) + Number(fields[12])) / ticksPerSecond
  }
  const [before, startedMs] = [await used(), performance.now()]
  return {
    async usage() {
      const after = await used()
      if (!owner || before === undefined || after === undefined) return undefined
      const status = (await files.read(`/proc/${owner.pid}/status`).catch(() => undefined)) ?? ''
      return {
        program: owner.program,
        cpu: (after - before) / ((performance.now() - startedMs) / 1000),
        memoryBytes: Number(/^VmRSS:\s+(\d+) kB/m.exec(status)?.[1] ?? 0) * 1024,
      }
    },
  }
}
