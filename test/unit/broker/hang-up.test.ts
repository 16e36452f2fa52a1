import net, { type AddressInfo } from 'node:net'
import { execa } from 'execa'
import { describe, test } from 'vitest'

/** Types of MQTT packets (MQTT 3.1.1, table 2.1). */
const types = { connect: 1, publish: 3, subscribe: 8, disconnect: 14 } as const
type Stage = keyof typeof types

/**
 * Listen as a broker that answers until a packet of this type and then closes the connection, resets it, or falls
 * silent. Returns the port.
 */
async function brokerThat(
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

const alone = (port: number, what: string) =>
  execa(process.execPath, [`${import.meta.dirname}/probe-alone.ts`, String(port), what], { timeout: 20_000 })

// A promise that nothing keeps alive ends Node.js with exit code 13, or with 0 when it is not at the top level.
describe.concurrent('a process that only talks to a broker', () => {
  const stages = Object.keys(types) as Stage[]
  const ends = ['closes', 'resets', 'falls silent'] as const
  test.for(stages.flatMap(stage => ends.map(end => [end, stage] as const)))(
    'has a result when the broker %s at %s',
    async ([end, stage], { expect, onTestFinished }) => {
      const port = await brokerThat(end, stage, onTestFinished)
      const { stdout } = await alone(port, 'probe')
      const found = JSON.parse(stdout)
      expect(JSON.stringify(found)).toContain('failure')
      expect((await alone(port, 'wait')).stdout).toMatch(stage === 'connect' ? /^Error: / : /^answers$/)
    },
  )
})
