import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { removeNode } from './remove.ts'
import { deleteDiscarded, isAlive, nodeNames, stateOf } from './state.ts'

/** Remove nodes whose owner is gone, such as after a killed test run. */
export async function reap(): Promise<void> {
  for (const name of await nodeNames()) {
    const state = await stateOf(name)
    if (state && !(await isAlive(state.owner))) await removeNode(name)
  }
  await deleteDiscarded()
}

let watched = false

/** Start a watcher that removes this process's nodes, however the process ends. */
export function watchThisProcess(): void {
  if (watched) return
  watched = true
  const reaper = fileURLToPath(new URL('reaper.ts', import.meta.url))
  spawn(process.execPath, [reaper, String(process.pid)], { stdio: 'ignore', detached: true }).unref()
}
