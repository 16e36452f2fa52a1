import type { Node } from '../node/node.ts'
import { units } from '../node/paths.ts'

const names: readonly string[] = Object.values(units)

/** The same node, for one look at it: what several collectors want to know of its units is asked once, for all of them. */
export function lookingOnce(node: Node): Node {
  const { systemd } = node
  const states = once(() => systemd.units(names))
  return {
    ...node,
    systemd: {
      ...systemd,
      unit: async name => (await states())[names.indexOf(name)] ?? systemd.unit(name),
      units: async wanted =>
        wanted.every(name => names.includes(name))
          ? (await states()).filter(({ name }) => wanted.includes(name))
          : systemd.units(wanted),
    },
  }
}

function once<T>(look: () => Promise<T>): () => Promise<T> {
  let looked: Promise<T> | undefined
  return () => {
    looked ??= look()
    return looked
  }
}
