import { units as names } from '../node/paths.ts'
import type { UnitState } from '../node/systemd.ts'
import type { Collector } from './collector.ts'

export interface UnitFacts extends UnitState {
  /** Was its unit file written by edgekit? It then has a section [X-Edgekit], which systemd ignores. */
  ours: boolean
}

export type UnitsFacts = Record<keyof typeof names, UnitFacts>

export const units: Collector<UnitsFacts> = {
  name: 'units',
  timeoutMs: 10_000,
  async collect(node) {
    const look = async (name: string): Promise<UnitFacts> => {
      const state = await node.systemd.unit(name)
      const text = state.fragmentPath ? await node.files.read(state.fragmentPath) : undefined
      return { ...state, ours: /^\[X-Edgekit\]$/m.test(text ?? '') }
    }
    const [broker, edgecore, containerd] = await Promise.all([
      look(names.broker),
      look(names.edgecore),
      look(names.containerd),
    ])
    return { broker, edgecore, containerd }
  },
}
