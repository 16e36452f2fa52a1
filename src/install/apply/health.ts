import { setTimeout as sleep } from 'node:timers/promises'
import { edgecoreLog } from '../../facts/edgecore-log.ts'
import type { Node } from '../../node/node.ts'
import { units } from '../../node/paths.ts'

/**
 * Wait until EdgeCore has been up for `settleMs` without a restart. Throws an Error with the reason from its log as
 * soon as it is not.
 */
export async function requireStableEdgecore(
  node: Node,
  stableForMs: number,
  signal: AbortSignal,
): Promise<void> {
  const { restarts } = await node.systemd.unit(units.edgecore)
  for (const end = Date.now() + stableForMs; ; await sleep(Math.min(500, stableForMs / 4))) {
    signal.throwIfAborted()
    const unit = await node.systemd.unit(units.edgecore)
    if (unit.active !== 'active' || unit.restarts > restarts) throw await instability(node)
    if (Date.now() > end) return
  }
}

async function instability(node: Node): Promise<Error> {
  const { active, sub, result } = await node.systemd.unit(units.edgecore)
  const log = await edgecoreLog
    .collect(node, AbortSignal.timeout(edgecoreLog.timeoutMs))
    .catch(() => undefined)
  const fatal = log?.fatal ?? log?.previousFatal
  const said = fatal ? [fatal.text, `  ${fatal.line}`] : await lastWords(node)
  return new Error(
    [`EdgeCore was up before and does not stay up now: ${active} (${sub}), result ${result}`, ...said].join(
      '\n',
    ),
  )
}

async function lastWords({ journal }: Node): Promise<string[]> {
  const lines = await journal.lines(units.edgecore, { max: 10 })
  return ['Its journal ends with:', ...lines.map(({ text }) => `  ${text}`)]
}
