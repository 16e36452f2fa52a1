import { setTimeout as sleep } from 'node:timers/promises'
import { readHealth, type ServiceHealth } from '../../devices/client/health.ts'
import { messageOf } from '../../lib/errors.ts'
import { slowness } from '../../lib/slowness.ts'
import type { Node } from '../../node/node.ts'
import { units } from '../../node/paths.ts'
import type { Action } from '../action.ts'

export interface DevicesReadySpec {
  address: string
  port: number
  timeoutMs: number
}

/** Changes nothing: fails unless the device service is connected to its broker, and stores. */
export const devicesReady: Action<DevicesReadySpec, null> = {
  kind: 'devices-ready',
  describe: () => 'Wait until the device service stores messages',
  inspect: async (spec, node) => ((await problemOf(spec, node)) === undefined ? 'done' : 'needed'),
  capture: async () => null,
  async apply(spec, node) {
    const end = Date.now() + spec.timeoutMs * slowness()
    for (
      let problem = await problemOf(spec, node);
      problem !== undefined;
      problem = await problemOf(spec, node)
    ) {
      if (problem.isFinal || Date.now() > end) throw await failure(problem.reason, node)
      await sleep(200)
    }
    return 'done'
  },
  revert: async () => {},
}

interface Problem {
  reason: string
  /** It does not pass by itself. */
  isFinal: boolean
}

/** The same process must run before and after it answers: another program can have the port of one that exits. */
async function problemOf(spec: DevicesReadySpec, { systemd, network }: Node): Promise<Problem | undefined> {
  const before = await systemd.unit(units.devices)
  if (before.active === 'failed') return { reason: 'it exits', isFinal: true }
  const health = await readHealth(network, spec).catch((error: unknown) => messageOf(error))
  const after = await systemd.unit(units.devices)
  const isSame = before.mainPid !== 0 && before.mainPid === after.mainPid && after.active === 'active'
  const reason = typeof health === 'string' ? health : awayOf(health)
  if (reason === undefined && isSame) return undefined
  return { reason: isSame ? (reason ?? '') : 'it exits', isFinal: false }
}

const awayOf = ({ broker, database }: ServiceHealth): string | undefined =>
  broker === 'away'
    ? 'it is not connected to the broker'
    : database === 'away'
      ? 'it cannot use the database'
      : undefined

async function failure(reason: string, { journal }: Node): Promise<Error> {
  const lines = await journal.lines(units.devices, { max: 10 })
  const own = lines.filter(({ pid }) => pid !== 1).map(({ text }) => `  ${text}`)
  return new Error(
    [`the device service does not work: ${reason}; the last lines of its log:`, ...own].join('\n'),
  )
}
