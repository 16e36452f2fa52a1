import type { Node } from '../node/node.ts'
import { units } from '../node/paths.ts'

/** What several want to know of a node, found out once for each look at it, that is for each node that `lookingOnce` gives. */
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

/** The same node, for one look at it: what is asked of its units and of containerd is asked once, for all of them. */
export function memoizedNode(node: Node): Node {
  const { systemd, containerd } = node
  const asked = { ...node }
  return {
    ...node,
    containerd: {
      ...containerd,
      images: () => images(asked),
      containers: () => containers(asked),
      answers: () => answers(asked),
    },
    systemd: {
      ...systemd,
      unit: async name => (await unitStates(asked))[names.indexOf(name)] ?? systemd.unit(name),
      units: async wanted =>
        wanted.every(name => names.includes(name))
          ? (await unitStates(asked)).filter(({ name }) => wanted.includes(name))
          : systemd.units(wanted),
    },
  }
}
