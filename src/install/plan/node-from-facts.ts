import type { Facts } from '../../facts/index.ts'
import type { Node } from '../../node/node.ts'

/** The same node, but units and images are answered from the facts just collected. */
export function nodeFromFacts(node: Node, { units, containerd, imageDamage }: Facts): Node {
  const states = 'value' in units ? Object.values(units.value) : []
  const found = 'value' in containerd ? containerd.value : undefined
  const { examined, damaged } = 'value' in imageDamage ? imageDamage.value : { examined: [], damaged: [] }
  const unit = async (name: string) =>
    states.find(state => state.name === name) ?? (await node.systemd.unit(name))
  return {
    ...node,
    systemd: {
      ...node.systemd,
      unit,
      units: names => Promise.all(names.map(unit)),
      isEnabled: async name =>
        (await unit(name)).load !== 'not-found' && (await node.systemd.isEnabled(name)),
    },
    containerd: found
      ? {
          ...node.containerd,
          answers: async () => found.answers,
          imageNames: async () => found.images,
          async isWhole(name, undamaged) {
            const image = found.images.find(({ reference }) => reference === name.reference)
            if (!image?.complete || !image.unpacked) return false
            if (!examined.includes(name.digest)) return await node.containerd.isWhole(name, undamaged)
            return !damaged.some(({ digest }) => digest === name.digest)
          },
        }
      : node.containerd,
  }
}
