import { type Processes, localProcesses as realProcesses } from '../../src/node/processes/processes.ts'
import { end, isDue } from './cut.ts'

/** So long after a program was started this process ends, if that is the place; milliseconds. Most take longer. */
const aMoment = 25

/** The programs of this machine, in the middle of which this process can be ended; they themselves go on. */
export function localProcesses(held: () => number | undefined): Processes {
  const processes = realProcesses(held)
  const cut = <T>(run: Promise<T>): Promise<T> => {
    if (isDue('in the middle')) {
      const cutOff = (): void => end('in the middle')
      setTimeout(cutOff, aMoment)
      // Some take less.
      run.then(cutOff, cutOff)
    }
    return run
  }
  return {
    run: (...call) => cut(processes.run(...call)),
    attempt: (...call) => cut(processes.attempt(...call)),
  }
}
