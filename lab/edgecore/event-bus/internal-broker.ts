import net from 'node:net'
import { goReason } from '../go-errors.ts'
import { error, info } from '../klog.ts'

/**
 * The port of the broker inside EdgeCore (mqttMode 0 and 1). The stand-in only holds the port, because edgekit never
 * talks to that broker. EdgeCore exits when the port is taken.
 */
export async function launchInternalBroker(server: string): Promise<void> {
  const url = new URL(server)
  const listener = net.createServer()
  await new Promise<void>(resolve => {
    listener.once('error', cause => {
      const reason = `listen tcp ${url.host}: ${goReason(cause)}`
      error('server.go:74', `Launch transport failed ${reason}`)
      error('eventbus.go:95', `Launch internal mqtt broker failed, ${reason}`)
      process.exit(1)
    })
    listener.listen(Number(url.port), url.hostname, resolve)
  })
  info('eventbus.go:98', `Launch internal mqtt broker ${server} successfully`)
}
