import { tlsPort, websocketsPort } from '../broker/profile/broker-settings.ts'
import { broker } from '../node/paths.ts'
import type { Collector } from './collector.ts'

export interface BrokerClientsFacts {
  /** Connections to port 1883 of this machine. */
  total: number
  /** Those of programs of this machine, by user; the most first. */
  users: { uid: number; name: string; connections: number }[]
  /** Connections to the ports of devices. */
  devices: { port: number; connections: number }[]
}

/** The connections of the broker, by user. */
export const brokerClients: Collector<BrokerClientsFacts> = {
  timeoutMs: 10_000,
  async collect({ files, network }) {
    const connections = await network.connections()
    const counts = Map.groupBy(
      connections.filter(({ remotePort }) => remotePort === broker.port),
      ({ uid }) => uid,
    )
    const names = counts.size === 0 ? '' : ((await files.read('/etc/passwd')) ?? '')
    return {
      total: connections.filter(({ localPort }) => localPort === broker.port).length,
      users: [...counts]
        .map(([uid, { length }]) => ({ uid, name: nameOf(uid, names), connections: length }))
        .toSorted((one, other) => other.connections - one.connections),
      devices: [tlsPort, websocketsPort].map(port => ({
        port,
        connections: connections.filter(({ localPort }) => localPort === port).length,
      })),
    }
  },
}

/** passwd(5) */
const nameOf = (uid: number, passwd: string): string =>
  passwd
    .split('\n')
    .map(line => line.split(':'))
    .find(fields => fields[2] === `${uid}`)?.[0] ?? `${uid}`
