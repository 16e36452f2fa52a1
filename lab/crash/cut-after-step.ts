import type { LabNode } from '../machine/node.ts'

const minutes = 60_000
const output = '/tmp/lab-output'

/** The steps that a command of edgekit has printed, in order. */
export const stepsIn = (output: string): string[] =>
  output.split('\n').flatMap(line => /^(\S.*?)(?:: .*)? \(\d+\.\d s\)$/.exec(line)?.[1] ?? [])

/** Run a command of edgekit until it has printed that this step is done, cut the power then, and boot. */
export async function cutAfterStep(node: LabNode, command: string, step: string): Promise<void> {
  await node.sh(`rm -f ${output}`)
  const run = node.run(`{ ${command}; } >${output} 2>&1; echo "exit code $?" >>${output}`, {
    timeoutMs: 5 * minutes,
  })
  const seen = await node.sh(
    `until grep -q '^exit code ' ${output} || grep -qF '${step}' ${output}; do sleep 0.01; done 2>/dev/null
     cat ${output}`,
    { timeoutMs: 5 * minutes },
  )
  await node.powerCut()
  await run
  if (!seen.includes(step)) throw new Error(`no step "${step}"\n${seen}`)
  await node.boot()
}
