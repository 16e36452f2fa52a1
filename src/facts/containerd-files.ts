import { slowness } from '../lib/slowness.ts'
import type { ContainerdConfig } from '../node/containerd/containerd-config.ts'
import { socketState } from '../node/containerd/containerd-socket.ts'
import type { DamagedUuid } from '../node/containerd/server-uuid.ts'
import { otherContainerdSockets } from '../node/paths.ts'
import { type CniFacts, cniOf } from './cni.ts'
import type { Collector } from './collector.ts'

export interface ContainerdFileFacts {
  config: ContainerdConfig
  /** Why containerd cannot read its configuration; `config` then has only defaults. */
  problem?: string
  /** The configuration of the pod network; undefined when there is none. */
  cni: CniFacts | undefined
  /** The file of its UUID, if it is damaged. */
  damagedUuid?: DamagedUuid
  /** Sockets of other containerds that answer. */
  otherSockets: string[]
}

/** containerd's configuration and other files. */
export const containerdFiles: Collector<ContainerdFileFacts> = {
  timeoutMs: 15_000,
  async collect(node, signal) {
    const { config, problem } = await node.containerd.config(signal)
    const { containerd } = node
    const [cni, damagedUuid, states] = await Promise.all([
      cniOf(config.cni, node.files),
      containerd.answers().then(answers => (answers ? containerd.damagedUuid(config.root) : undefined)),
      Promise.all(otherContainerdSockets.map(path => socketState(path, 1000 * slowness()))),
    ])
    return {
      config,
      ...(problem !== undefined && { problem }),
      ...(damagedUuid && { damagedUuid }),
      cni,
      otherSockets: otherContainerdSockets.filter((_, index) => states[index] === 'answers'),
    }
  },
}
