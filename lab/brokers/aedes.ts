import { fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import type { LabBroker } from './program.ts'

const main = fileURLToPath(new URL('aedes-main.ts', import.meta.url))

/** aedes 2.0.0-beta.1 on a port of its own, in a process of its own: a broker of MQTT 3.1.1 and 5 with known faults. */
export async function startAedes(): Promise<LabBroker> {
  const child = fork(main, { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] })
  const [port] = (await once(child, 'message')) as [number]
  return {
    port,
    async stop() {
      child.kill('SIGKILL')
      await once(child, 'exit')
    },
  }
}
