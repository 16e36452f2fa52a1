import type { Target } from '../../broker-test/target.ts'
import type { Files } from '../../node/files.ts'
import { isLocal } from '../../node/network/local-address.ts'
import type { Network } from '../../node/network/network.ts'
import { processTimes, residentBytes } from '../../node/processes/process-files.ts'

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

/**
 * Measure the process that listens on the broker's port of this machine. Without root, that of another user is not seen, and
 * the usage is undefined.
 */
export async function meterBroker(
  { host, port }: Target,
  { files, network }: { files: Files; network: Pick<Network, 'listeners' | 'addresses'> },
): Promise<BrokerMeter> {
  const isHere = isLocal(host) || network.addresses().includes(host)
  const listeners = isHere ? await network.listeners() : []
  const owner = listeners.find(listener => listener.port === port && listener.owner)?.owner
  const usedMs = async (): Promise<number | undefined> => {
    const stat = owner && (await files.read(`/proc/${owner.pid}/stat`).catch(() => undefined))
    return stat === undefined ? undefined : processTimes(stat).cpuMs
  }
  const [before, startedMs] = [await usedMs(), performance.now()]
  return {
    async usage() {
      const after = await usedMs()
      if (!owner || before === undefined || after === undefined) return undefined
      const status = (await files.read(`/proc/${owner.pid}/status`).catch(() => undefined)) ?? ''
      return {
        program: owner.program,
        cpu: (after - before) / (performance.now() - startedMs),
        memoryBytes: residentBytes(status),
      }
    },
  }
}
