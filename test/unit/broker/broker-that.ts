import net, { type AddressInfo } from 'node:net'

/** Types of MQTT packets (MQTT 3.1.1, table 2.1). */
export const types = { connect: 1, publish: 3, subscribe: 8, disconnect: 14 } as const
export type Stage = keyof typeof types

/**
 * Listen as a broker that answers until a packet of this type and then closes the connection, resets it, or falls
 * silent. Returns the port.
 */
export async function brokerThat(
  end: 'closes' | 'resets' | 'falls silent',
  stage: Stage,
  onTestFinished: (close: () => void) => void,
): Promise<number> {
  const sockets = new Set<net.Socket>()
  const server = net.createServer(socket => {
    sockets.add(socket)
    socket.on('error', () => undefined).on('close', () => sockets.delete(socket))
    let isSilent = false
    socket.on('data', data => {
      for (let rest = data; rest.length > 1; rest = rest.subarray((rest[1] ?? 0) + 2)) {
        if (isSilent) return
        const type = (rest[0] ?? 0) >> 4
        if (type === types[stage]) {
          if (end === 'closes') socket.end()
          if (end === 'resets') socket.resetAndDestroy()
          isSilent = true
        } else if (type === types.connect)
          socket.write(Buffer.from(rest[8] === 5 ? [0x20, 3, 0, 0, 0] : [0x20, 2, 0, 0]))
        else if (type === types.subscribe) {
          const isVersion5 = rest[4] === 0
          socket.write(
            Buffer.from([
              0x90,
              isVersion5 ? 4 : 3,
              rest[2] ?? 0,
              rest[3] ?? 0,
              ...(isVersion5 ? [0] : []),
              1,
            ]),
          )
        }
      }
    })
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy()
    server.close()
  })
  return (server.address() as AddressInfo).port
}
