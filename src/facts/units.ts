import { units as names } from '../node/paths.ts'
import type { UnitState } from '../node/systemd.ts'
import type { Collector } from './collector.ts'

export interface UnitFacts extends UnitState {
  /** edgekit wrote its unit file, which then has a section [X-Edgekit] that systemd ignores (systemd.unit(5)). */
  ours: boolean
  /** The unit file of a package that this one in /etc shadows. */
  shadows: string | undefined
}

/** The unit exists, and edgekit did not install it. */
export const isForeign = ({ load, ours }: UnitFacts): boolean => load === 'loaded' && !ours

export type UnitsFacts = Record<keyof typeof names, UnitFacts>

export const units: Collector<UnitsFacts> = {
  timeoutMs: 10_000,
  async collect(node) {
    const states = await node.systemd.units(Object.values(names))
    const facts = await Promise.all(
      states.map(async (state): Promise<UnitFacts> => {
        const packaged = `/usr/lib/systemd/system/${state.name}`
        const isShadowed = state.fragmentPath.startsWith('/etc/') && (await node.files.status(packaged))
        const text = state.fragmentPath ? await node.files.read(state.fragmentPath) : undefined
        // A removed file has no owner: systemd has not reloaded yet.
        const removed = state.fragmentPath !== '' && text === undefined
        const shadows = isShadowed ? packaged : undefined
        return { ...state, shadows, ours: removed || /^\[X-Edgekit\]$/m.test(text ?? '') }
      }),
    )
    return Object.fromEntries(Object.keys(names).map((key, index) => [key, facts[index]])) as UnitsFacts
  },
}
