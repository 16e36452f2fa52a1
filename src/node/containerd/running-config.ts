import { dirname } from 'node:path'
import type { Files } from '../files.ts'
import { containerdSocket, paths } from '../paths.ts'
import { type ContainerdConfig, parseCriConfig } from './containerd-config.ts'
import type { CallGrpc } from './grpc.ts'
import { messagesIn, textIn } from './protobuf.ts'

/** `verbose = true`, in the first field of a StatusRequest. */
const verbose = Buffer.from([8, 1])

/**
 * What containerd runs with, told by its CRI plugin sooner than `containerd config dump` starts.
 * Undefined when that may not be what it would read now, or when it does not say (no CRI plugin, or none of 1.6 or 1.7).
 */
export async function runningConfig(files: Files, call: CallGrpc): Promise<ContainerdConfig | undefined> {
  if (!(await isAsStarted(files))) return undefined
  try {
    const [answer] = await call({
      socket: containerdSocket,
      method: '/runtime.v1.RuntimeService/Status',
      request: verbose,
      headers: {},
      timeoutMs: 2_000,
    })
    const info = answer ? messagesIn(answer, 2) : []
    return parseCriConfig(
      info.map(one => (textIn(one, 1) === 'config' ? textIn(one, 2) : '')).join('') || '{}',
    )
  } catch {
    return undefined
  }
}

/** containerd makes its socket anew when it starts, after it has read its configuration. */
async function isAsStarted(files: Files): Promise<boolean> {
  const { containerdConfig } = paths
  const [started, directory, file, text] = await Promise.all([
    files.modified(containerdSocket),
    files.changed(dirname(containerdConfig)),
    files.changed(containerdConfig),
    files.read(containerdConfig),
  ])
  if (started === undefined || directory === undefined) return false
  // Others that it includes may be anywhere.
  return Math.max(directory, file ?? 0) < started && !/^\s*imports\b/m.test(text ?? '')
}
