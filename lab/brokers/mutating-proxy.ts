import net, { type AddressInfo } from 'node:net'
import { decode, type Packet } from '../../src/mqtt/decode.ts'
import { splitFrames } from '../../src/mqtt/frames.ts'
import type { Version } from '../../src/mqtt/packet.ts'

/** Replaces a packet: with itself, with others, or with nothing. */
export type Mutation = (packet: Packet, version: Version) => Buffer[]

export interface Mutant {
  /** Packets of clients on their way to the broker. */
  toBroker?: Mutation
  /** Packets of the broker on their way to a client. */
  toClient?: Mutation
}

/** A broker with one fault: a proxy before a broker that lacks it. `mutant` is called for each connection. Returns its port. */
export async function startMutant(
  port: number,
  mutant: () => Mutant,
): Promise<{ port: number; stop: () => void }> {
  const sockets = new Set<net.Socket>()
  // Each side learns of the end of the other, as without a proxy.
  const server = net.createServer({ allowHalfOpen: true }, client => {
    const broker = net.connect({ port, host: '127.0.0.1', allowHalfOpen: true }).setNoDelay()
    const { toBroker, toClient } = mutant()
    let version: Version = 4
    const relay = (from: net.Socket, to: net.Socket, mutate: Mutation = ({ bytes }) => [bytes]): void => {
      let rest: Buffer = Buffer.alloc(0)
      from.on('data', data => {
        const split = splitFrames(Buffer.concat([rest, data]))
        rest = split.rest
        for (const frame of split.frames) {
          if (frame[0] === 0x10 && frame[8] === 5) version = 5
          for (const bytes of mutate(decode(frame, version), version)) to.write(bytes)
        }
        if (!split.isBroken) return
        to.write(rest)
        rest = Buffer.alloc(0)
      })
      from
        .on('error', () => undefined)
        .on('end', () => to.end())
        .on('close', () => to.destroy())
      sockets.add(from)
    }
    relay(client.setNoDelay(), broker, toBroker)
    relay(broker, client, toClient)
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  return {
    port: (server.address() as AddressInfo).port,
    stop() {
      for (const socket of sockets) socket.destroy()
      server.close()
    },
  }
}
