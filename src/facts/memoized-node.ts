import type { ImageDamage } from '../node/containerd/image-damage.ts'
import type { Node } from '../node/node.ts'
import { units } from '../node/paths.ts'

/** Run `ask` once per node: collectors share the answer, because each collection of facts has its own memoized node. */
export function memoizePerNode<T>(ask: (node: Node) => Promise<T>): (node: Node) => Promise<T> {
  const answers = new WeakMap<Node, Promise<T>>()
  return node => {
    const answer = answers.get(node) ?? ask(node)
    answers.set(node, answer)
    return answer
  }
}

const names: readonly string[] = Object.values(units)
const unitStates = memoizePerNode(({ systemd }) => systemd.units(names))
const images = memoizePerNode(({ containerd }) => containerd.images())
const containers = memoizePerNode(({ containerd }) => containerd.containers())
const answers = memoizePerNode(({ containerd }) => containerd.answers())

/** A node for one collection of facts: queries of its units and of containerd run once and share their results. */
export function memoizedNode(node: Node): Node {
  const { systemd, containerd } = node
  const key = { ...node }
  const damage = new Map<string, Promise<ImageDamage>>()
  return {
    ...node,
    containerd: {
      ...containerd,
      images: () => images(key),
      containers: () => containers(key),
      answers: () => answers(key),
      damage(digest, scope) {
        const found = damage.get(digest) ?? containerd.damage(digest, scope)
        damage.set(digest, found)
        return found
      },
    },
    systemd: {
      ...systemd,
      unit: async name => (await unitStates(key))[names.indexOf(name)] ?? systemd.unit(name),
      units: async wanted =>
        wanted.every(name => names.includes(name))
          ? (await unitStates(key)).filter(({ name }) => wanted.includes(name))
          : systemd.units(wanted),
    },
  }
}
