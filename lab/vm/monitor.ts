import { once } from 'node:events'
import { connect } from 'node:net'

const timeoutMs = 120_000

/** Give a command to the monitor of QEMU for people, and wait until it is done. Throws its error. */
export async function askMonitor(path: string, command: string): Promise<void> {
  const socket = connect(path)
  let output = ''
  try {
    await once(socket, 'connect', { signal: AbortSignal.timeout(timeoutMs) })
    socket.on('data', chunk => {
      output += chunk.toString()
    })
    const prompts = (): number => output.split('(qemu) ').length - 1
    const wait = async (count: number): Promise<void> => {
      while (prompts() < count) await once(socket, 'data', { signal: AbortSignal.timeout(timeoutMs) })
    }
    await wait(1)
    socket.write(`${command}\n`)
    await wait(2)
    const error = /^Error: .*/m.exec(output)
    if (error) throw new Error(`${command}: ${error[0]}`)
  } finally {
    socket.destroy()
  }
}
