import { benchBroker } from '../src/broker-bench/run/bench-broker.ts'
import type { BenchReport } from '../src/broker-bench/run/report.ts'
import type { Load, Pace } from '../src/broker-bench/settings.ts'
import { localNode } from '../src/node/node.ts'

interface Run {
  port: number
  load?: Partial<Load>
  pace: Pace
  onMeasure?: () => void
}

/** Bench a broker on this machine: 10 publishers and one subscriber, unless `load` has others. */
export const runBench = ({ port, load, pace, onMeasure }: Run): Promise<BenchReport> =>
  benchBroker({
    target: { host: '127.0.0.1', port },
    load: { publishers: 10, subscribers: 1, shared: false, qos: 0, size: 100, ...load },
    pace,
    findMaxP99Ms: undefined,
    connectPerSecond: 200,
    isOwnBroker: false,
    edgekitVersion: '0.0.0-test',
    node: localNode(),
    signal: new AbortController().signal,
    runStep: (title, work) => {
      if (title.startsWith('Measure')) onMeasure?.()
      return work(() => undefined)
    },
  })
