import type { LabNode } from '../../lab/machine/node.ts'

/** Seconds by the clock, and those of a processor, with all programs that it starts. */
export interface Time {
  clock: number
  processor: number
}

/** What each command takes, measured on the node itself: entering it costs more than some of them. */
export async function measure(node: LabNode, commands: readonly string[], times: number): Promise<Time[][]> {
  const timed = commands.map(command => `time ${command} >/dev/null 2>&1`)
  const { stderr } = await node.run(
    `TIMEFORMAT='%3R %3U %3S'; for _ in $(seq ${times}); do ${timed.join('; ')}; done`,
    { timeoutMs: 300_000 },
  )
  const found = stderr
    .trim()
    .split('\n')
    .map((line): Time => {
      const [clock = 0, user = 0, system = 0] = line.split(' ').map(Number)
      return { clock, processor: user + system }
    })
  return Array.from({ length: times }, (_, run) =>
    found.slice(run * commands.length, (run + 1) * commands.length),
  )
}
