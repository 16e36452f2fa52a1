import { randomBytes } from 'node:crypto'
import { existsSync } from 'node:fs'
import { leaderOf } from '../machine/cgroups.ts'
import type { LabNode } from '../machine/node.ts'
import { sh } from '../shell.ts'

/** Of TEST-NET-3 (RFC 5737): a node of the lab has no other way there. */
export const cloudAddress = '203.0.113.1'
/** A second address of the cloud, which its certificate does not have. */
export const otherAddress = '203.0.113.2'

/** Remove the clouds of processes that have ended without doing so, with all that runs in them. */
async function removeOrphans(): Promise<void> {
  const names = (await sh`ip netns list`.text()).matchAll(/^cloud-(\d+)-\w+/gm)
  for (const [name, pid = ''] of names) {
    if (existsSync(`/proc/${pid}`)) continue
    const left = (await sh`ip netns pids ${name}`.nothrow()).stdout.split('\n').filter(Boolean)
    if (left.length > 0) await sh`kill ${left}`.nothrow()
    await sh`ip netns delete ${name}`.nothrow()
  }
}

/** A network namespace for the cloud, with room for the cables of its nodes. */
export class CloudNetwork implements AsyncDisposable {
  readonly namespace: string
  #cables = 0

  private constructor(namespace: string) {
    this.namespace = namespace
  }

  static async create(): Promise<CloudNetwork> {
    await removeOrphans()
    const namespace = `cloud-${process.pid}-${randomBytes(3).toString('hex')}`
    await sh`ip netns add ${namespace}`
    const network = new CloudNetwork(namespace)
    await network.ip('link', 'set', 'lo', 'up')
    await network.ip('link', 'add', 'lan', 'type', 'bridge')
    for (const address of [cloudAddress, otherAddress]) {
      await network.ip('address', 'add', `${address}/24`, 'dev', 'lan')
    }
    await network.ip('link', 'set', 'lan', 'up')
    return network
  }

  /** `ip` in the namespace. */
  async ip(...args: string[]): Promise<string> {
    return (await sh`ip -n ${this.namespace} ${args}`).stdout
  }

  /** Plug a node in, as after each of its boots; the address that it has then. */
  async plugIn(node: LabNode): Promise<string> {
    const leader = await leaderOf(node.name)
    if (leader === undefined) throw new Error(`node ${node.name} is off`)
    const number = ++this.#cables
    const [end, address] = [`cable${number}`, `203.0.113.${10 + number}`]
    const peer = { name: 'cloud0', netns: String(leader) }
    await sh`ip link add ${end} netns ${this.namespace} type veth peer name ${peer.name} netns ${peer.netns}`
    await this.ip('link', 'set', end, 'master', 'lan', 'up')
    await node.sh(`ip address add ${address}/24 dev cloud0 && ip link set cloud0 up`)
    return address
  }

  /** Pull the cables of all nodes out, or put them back in. */
  async cables(state: 'in' | 'out'): Promise<void> {
    const links = (await this.ip('-o', 'link', 'show', 'type', 'veth')).matchAll(/ (cable\d+)[@:]/g)
    for (const [, link = ''] of links) await this.ip('link', 'set', link, state === 'in' ? 'up' : 'down')
  }

  /** Drop every packet to the nodes, without a word to whoever sent it; or let them pass again. */
  async drop(state: boolean): Promise<void> {
    await this.ip('route', state ? 'add' : 'delete', 'blackhole', '203.0.113.8/29')
    await this.ip('route', state ? 'add' : 'delete', 'blackhole', '203.0.113.16/28')
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await sh`ip netns delete ${this.namespace}`.nothrow()
  }
}
