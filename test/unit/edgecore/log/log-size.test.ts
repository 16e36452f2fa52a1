import { expect, test } from 'vitest'
import { explainLog } from '../../../../src/edgecore/log/explain-log.ts'
import { readEdgecoreLog } from '../../../../src/edgecore/log/read-log.ts'
import { readSavedLog } from '../../../../src/edgecore/log/saved-log.ts'

const header = 'E1120 18:22:05.100000      54 '
/** Each was quadratic once, or may become so. */
const kinds: Record<string, (index: number) => string> = {
  panics: () => 'panic: boom\n',
  'panics of processes that were stopped': () =>
    `${header}core.go:1] Get os signal terminated\npanic: boom\n`,
  starts: index => `I1120 18:22:05.100000 ${index + 1} server.go:102] Version: v1.22.0\n`,
  'starts by systemd': () => 'Nov 20 18:22:05 edge-1 systemd[1]: Started edgecore.service.\n',
  'lines that end EdgeCore': () => `${header}server.go:205] "Failed to listen and serve" err="x"\n`,
  'lost connections': () => `${header}client.go:80] onSubConnectionLost with error: EOF\n`,
  'pods that do not start': () =>
    `${header}pod.go:1] "Error syncing pod" err="for \\"a\\" with ImagePullBackOff: x"\n`,
  'nodes that are not registered': () =>
    `${header}kubelet_node_status.go:403] "Node does not have NodeReady condition"\n`,
  'lists of mistakes': () => `${header.replace('E', 'F')}server.go:1] [\n  Mode: Invalid value\n`,
  'one long line': () => 'certificate is valid for a, ',
  'journal entries': () => `${JSON.stringify({ MESSAGE: `${header}a.go:1] x`, _PID: '5' })}\n`,
}

/** Processor time, which other work on the machine does not change. */
function millisecondsFor(log: Buffer): number {
  const before = process.cpuUsage()
  explainLog(readEdgecoreLog(readSavedLog(log), {}))
  const { user, system } = process.cpuUsage(before)
  return (user + system) / 1000
}

test.each(Object.entries(kinds))('twice as many %s take at most three times as long', (_, line) => {
  const logOf = (bytes: number): Buffer =>
    Buffer.from(Array.from({ length: bytes / line(0).length }, (_unused, index) => line(index)).join(''))
  const best = (log: Buffer) => Math.min(...[1, 2, 3].map(() => millisecondsFor(log)))
  // Less than 100 ms is the noise of garbage collection.
  const single = Math.max(best(logOf(250_000)), 100)
  expect(best(logOf(500_000))).toBeLessThan(3 * single)
})
