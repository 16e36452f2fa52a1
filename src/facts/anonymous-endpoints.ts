import type { BrokerAddress } from '../broker/connect.ts'
import { readMosquittoConf } from '../broker/mosquitto-conf.ts'
import { acceptsAnonymous } from '../broker/probe.ts'
import { paths } from '../node/paths.ts'
import type { Collector } from './collector.ts'

/** A probe: where the broker lets somebody in who comes from outside and says nothing of himself. */
export const anonymousEndpoints: Collector<BrokerAddress[]> = {
  name: 'openDoors',
  timeoutMs: 10_000,
  async collect({ files, network }) {
    const text = await files.read(paths.brokerConfig)
    const { listeners } = readMosquittoConf(text ?? '')
    // What speaks TLS or WebSockets does not answer; its configuration says who gets in.
    const ports = new Set(listeners.filter(({ tls }) => !tls).map(({ port }) => port))
    const doors = network.addresses().flatMap(host => [...ports].map(port => ({ host, port })))
    const open = await Promise.all(doors.map(async door => ((await acceptsAnonymous(door)) ? [door] : [])))
    return open.flat()
  },
}
