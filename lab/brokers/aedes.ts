import net, { type AddressInfo } from 'node:net'
import { Aedes } from 'aedes'

/** aedes 2.0.0-beta.1 on a port of its own: a broker of MQTT 3.1.1 and 5 with known faults. */
export async function startAedes(): Promise<{ port: number; stop: () => Promise<void> }> {
  const broker = await Aedes.createBroker()
  const sockets = new Set<net.Socket>()
  const server = net.createServer(socket => {
    sockets.add(socket.on('close', () => sockets.delete(socket)))
    broker.handle(socket)
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  return {
    port: (server.address() as AddressInfo).port,
    async stop() {
      for (const socket of sockets) socket.destroy()
      await new Promise<void>(resolve => broker.close(() => resolve()))
      await new Promise(resolve => server.close(resolve))
    },
  }
}
