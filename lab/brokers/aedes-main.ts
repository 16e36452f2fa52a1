import net, { type AddressInfo } from 'node:net'
import { Aedes } from 'aedes'

// Some malformed packets would end it, and with it every other test.
process.on('uncaughtException', () => undefined)
process.on('disconnect', () => process.exit())

const broker = await Aedes.createBroker()
const server = net.createServer(socket => broker.handle(socket))
server.listen(0, '127.0.0.1', () => process.send?.((server.address() as AddressInfo).port))
