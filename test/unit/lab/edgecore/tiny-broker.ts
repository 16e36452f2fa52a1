import net from 'node:net'

/** As much of an MQTT 3.1.1 broker as a client needs to stay connected; it keeps what it was told. */
export interface TinyBroker {
  port: number
  /** The CONNECT packets, as they came. */
  connects: Buffer[]
  /** `topic qos` of every subscription. */
  subscriptions: string[]
  /** Topics that were published to. */
  published: string[]
  /** Send a message to every client. */
  send(topic: string, payload: string): void
  close(): Promise<void>
}

/**
 * Listen on a port (0: any) and answer CONNECT with this code; `silent` never answers, `close` hangs up, `mute` accepts
 * and then neither says a word nor hangs up, `echo` accepts, sends every message back; a client that
 * resumes a session receives a message on the topic of the last subscription with MQTT 5.
 */
export async function tinyBroker(
  answer: number | 'silent' | 'close' | 'mute' | 'echo' = 0,
  port = 0,
): Promise<TinyBroker> {
  /** The clients, with the version of MQTT they use: 0 before they have sent CONNECT. */
  const sockets = new Map<net.Socket, number>()
  const broker = { connects: [] as Buffer[], subscriptions: [] as string[], published: [] as string[] }
  let durableTopic = ''
  const server = net.createServer({ allowHalfOpen: answer === 'mute' }, socket => {
    sockets.set(socket, 0)
    let pending = Buffer.alloc(0)
    socket.on('error', () => undefined)
    socket.on('close', () => sockets.delete(socket))
    socket.on('data', data => {
      if (answer === 'silent') return
      if (answer === 'close') return socket.destroy()
      pending = Buffer.concat([pending, data])
      for (let packet = take(); packet; packet = take()) reply(socket, packet)
      return undefined
    })
    function take(): Buffer | undefined {
      const length = pending[1]
      // Every packet in these tests is shorter than 128 bytes.
      if (length === undefined || pending.length < length + 2) return undefined
      const packet = pending.subarray(0, length + 2)
      pending = pending.subarray(length + 2)
      return packet
    }
  })
  function reply(socket: net.Socket, packet: Buffer): void {
    const type = (packet[0] ?? 0) >> 4
    if (type === 1) {
      broker.connects.push(packet)
      sockets.set(socket, packet[8] ?? 4)
      const code = typeof answer === 'number' ? answer : 0
      // MQTT 5 has properties at the end, here none.
      socket.write(Buffer.from(packet[8] === 5 ? [0x20, 3, 0, code, 0] : [0x20, 2, 0, code]))
      if (code !== 0) socket.end()
      // Without the flag for a clean start.
      else if (answer === 'echo' && !((packet[9] ?? 0) & 0x02)) sendTo(socket, durableTopic, 'late')
    } else if (answer === 'mute') {
      // Not a word.
    } else if (type === 8) {
      const start = sockets.get(socket) === 5 ? 7 : 6
      const length = packet.readUInt16BE(start - 2)
      const topic = packet.toString('latin1', start, start + length)
      if (start === 7) durableTopic = topic
      broker.subscriptions.push(`${topic} ${packet[start + length] ?? 'none'}`)
      const properties = start === 7 ? [0] : []
      socket.write(
        Buffer.from([0x90, 3 + properties.length, packet[2] ?? 0, packet[3] ?? 0, ...properties, 1]),
      )
    } else if (type === 3) {
      const length = packet.readUInt16BE(2)
      const topic = packet.subarray(4, 4 + length).toString()
      broker.published.push(topic)
      if ((packet[0] ?? 0) & 0x06)
        socket.write(Buffer.from([0x40, 2, packet[4 + length] ?? 0, packet[5 + length] ?? 0]))
      if (answer === 'echo') send(topic, 'echo')
    } else if (type === 12) socket.write(Buffer.from([0xd0, 0]))
  }
  function send(topic: string, payload: string): void {
    for (const [socket, version] of sockets) if (version > 0) sendTo(socket, topic, payload)
  }
  function sendTo(socket: net.Socket, topic: string, payload: string): void {
    const properties = sockets.get(socket) === 5 ? '\0' : ''
    const body = Buffer.from(
      `\0${String.fromCharCode(topic.length)}${topic}${properties}${payload}`,
      'latin1',
    )
    socket.write(Buffer.concat([Buffer.from([0x30, body.length]), body]))
  }
  await new Promise<void>(resolve => server.listen(port, '127.0.0.1', resolve))
  return {
    ...broker,
    port: (server.address() as net.AddressInfo).port,
    send,
    close: async () => {
      for (const socket of sockets.keys()) socket.destroy()
      await new Promise(resolve => server.close(resolve))
    },
  }
}
