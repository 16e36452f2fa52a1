import { type Processes, localProcesses as realProcesses } from '../../src/node/processes/processes.ts'
import { call, end, endNow, isDue } from './cut.ts'

/** Milliseconds after the start of a program until this process ends, if that is the point. Most run longer. */
const aMoment = 25

/** What changes this machine. */
const changing =
  /^(systemctl (start|restart|stop|enable|disable|daemon-reload)|ctr .*(tasks (kill|rm)|containers rm|images (import|rm)|run --detach) )/

/** The programs of this machine, with points at which this process ends while they continue. */
export function localProcesses(...options: Parameters<typeof realProcesses>): Processes {
  const processes = realProcesses(...options)
  const cut = <T>(start: () => Promise<T>, [file, args]: Parameters<Processes['run']>): Promise<T> => {
    const line = [file, ...args].join(' ')
    const isCut = (changing.test(line) && call(line)) || isDue('in the middle')
    const run = start()
    if (isCut) {
      setTimeout(endNow, aMoment)
      // Some end sooner.
      run.then(endNow, endNow)
    }
    return run
  }
  return {
    run(...call) {
      if (call[0] === 'sync') end('before sync')
      return cut(() => processes.run(...call), call)
    },
    attempt: (...call) => cut(() => processes.attempt(...call), call),
  }
}
