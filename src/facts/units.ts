import { units as names } from '../node/paths.ts'
import type { UnitState } from '../node/systemd.ts'
import type { Collector } from './collector.ts'

export interface UnitFacts extends UnitState {
  /** Was its unit file written by edgekit? It then has a section [X-Edgekit], which systemd ignores. */
  ours: boolean
  /** A unit file of a package, which does not count because there is one of the same name in /etc. */
  hides: string | undefined
}

/** Is there a unit, and somebody else's? */
export const isForeign = ({ load, ours }: UnitFacts): boolean => load === 'loaded' && !ours

export type UnitsFacts = Record<keyof typeof names, UnitFacts>

export const units: Collector<UnitsFacts> = {
  name: 'units',
  timeoutMs: 10_000,
  async collect(node) {
    const states = await node.systemd.units(Object.values(names))
    const looked = await Promise.all(
      states.map(async (state): Promise<UnitFacts> => {
        const packaged = `/usr/lib/systemd/system/${state.name}`
        const isHidden = state.fragmentPath.startsWith('/etc/') && (await node.files.status(packaged))
        const text = state.fragmentPath ? await node.files.read(state.fragmentPath) : undefined
        // One that was removed from the disk is nobody's; systemd only has not noticed.
        const removed = state.fragmentPath !== '' && text === undefined
        const hides = isHidden ? packaged : undefined
        return { ...state, hides, ours: removed || /^\[X-Edgekit\]$/m.test(text ?? '') }
      }),
    )
    return Object.fromEntries(Object.keys(names).map((key, index) => [key, looked[index]])) as UnitsFacts
  },
}
