import type { BrokerAddress } from '../broker/connect.ts'
import { readMosquittoConf } from '../broker/mosquitto-conf.ts'
import { acceptsAnonymous } from '../broker/probe.ts'
import { readBrokerConfigText } from './broker-config.ts'
import type { Collector } from './collector.ts'

/** Probes where the broker accepts clients from the network without authentication. */
export const anonymousEndpoints: Collector<BrokerAddress[]> = {
  timeoutMs: 10_000,
  async collect(node) {
    const text = await readBrokerConfigText(node)
    const { listeners } = readMosquittoConf(text ?? '')
    // A plain MQTT connection cannot test listeners with TLS or WebSockets; checks judge those by mosquitto.conf.
    const ports = new Set(listeners.filter(({ tls }) => !tls).map(({ port }) => port))
    const endpoints = node.network.addresses().flatMap(host => [...ports].map(port => ({ host, port })))
    const open = await Promise.all(
      endpoints.map(async endpoint => ((await acceptsAnonymous(endpoint)) ? [endpoint] : [])),
    )
    return open.flat()
  },
}
