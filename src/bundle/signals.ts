import { rmSync } from 'node:fs'

const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const

/** Remove a directory also when a signal ends this process, as it then still does; until this is disposed of. */
export function removeOnSignal(directory: string): Disposable {
  const remove = (signal: NodeJS.Signals): void => {
    stop()
    rmSync(directory, { recursive: true, force: true })
    process.kill(process.pid, signal)
  }
  const stop = (): void => {
    for (const signal of signals) process.off(signal, remove)
  }
  for (const signal of signals) process.once(signal, remove)
  return { [Symbol.dispose]: stop }
}
