import { type Processes, localProcesses as realProcesses } from '../../src/node/processes/processes.ts'
import { end, isDue } from './cut.ts'

/** Milliseconds after the start of a program until this process ends, if that is the point. Most run longer. */
const aMoment = 25

/** The programs of this machine, with points at which this process ends while they continue. */
export function localProcesses(...options: Parameters<typeof realProcesses>): Processes {
  const processes = realProcesses(...options)
  const cut = <T>(run: Promise<T>): Promise<T> => {
    if (isDue('in the middle')) {
      const cutOff = (): void => end('in the middle')
      setTimeout(cutOff, aMoment)
      // Some end sooner.
      run.then(cutOff, cutOff)
    }
    return run
  }
  return {
    run(...call) {
      if (call[0] === 'sync') end('before sync')
      return cut(processes.run(...call))
    },
    attempt: (...call) => cut(processes.attempt(...call)),
  }
}
