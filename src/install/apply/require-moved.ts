import { edgecoreLog } from '../../facts/edgecore-log.ts'
import { EdgekitError } from '../../lib/errors.ts'
import type { Node } from '../../node/node.ts'
import type { Join } from './wait-for-join.ts'

/**
 * Throws EdgekitError with the reason when a node has not joined the cloud it was moved to: its changes are rolled back,
 * because it still belongs to the cloud it came from.
 */
export async function requireMoved({ joined, cause, line }: Join, node: Node): Promise<void> {
  if (joined) return
  const exit = cause ? undefined : await lastExit(node)
  const { text, remedy, commands = [] } = cause ?? exit ?? { text: 'EdgeCore exited' }
  const shown = line ?? exit?.line
  throw new EdgekitError(
    [`this node has not joined the new cloud: ${text}`, ...(shown === undefined ? [] : [`  ${shown}`])].join(
      '\n',
    ),
    {
      code: 'rolled-back',
      ...(remedy !== undefined && {
        remedy: [remedy, ...commands.map(command => `  ${command}`)].join('\n'),
      }),
    },
  )
}

async function lastExit(node: Node) {
  const log = await edgecoreLog
    .collect(node, AbortSignal.timeout(edgecoreLog.timeoutMs))
    .catch(() => undefined)
  return log?.fatal ?? log?.previousFatal
}
