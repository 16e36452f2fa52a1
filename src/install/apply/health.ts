import { setTimeout as sleep } from 'node:timers/promises'
import { edgecoreLog } from '../../facts/edgecore-log.ts'
import type { Node } from '../../node/node.ts'
import { units } from '../../node/paths.ts'

/**
 * Waits until EdgeCore has been up for `stableForMs` without a restart. Throws an Error with the reason from its log as
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
  const details = fatal ? [fatal.text, `  ${fatal.line}`] : await lastLines(node)
  return new Error(
    [`EdgeCore ran before but does not stay up now: ${active} (${sub}), result ${result}`, ...details].join(
      '\n',
    ),
  )
}

async function lastLines({ journal }: Node): Promise<string[]> {
  const lines = await journal.lines(units.edgecore, { max: 10 })
  return ['The last lines of its log:', ...lines.map(({ text }) => `  ${text}`)]
}
