import type { Files } from '../files.ts'
import { GrpcFailure } from './grpc.ts'

/** What is wrong with the file in which containerd keeps its UUID. */
export interface DamagedUuid {
  path: string
  problem: 'empty' | 'not a UUID'
}

/**
 * The file of containerd's UUID, if containerd cannot read it. containerd writes it when it is first asked, without a sync,
 * so that it is empty after a power cut. Releases 1.6.35, 1.7.21 and later then write a new one when `ask` asks them
 * (services/introspection/local.go). `root` is containerd's directory. Throws CommandError.
 */
export async function damagedUuid(
  files: Files,
  root: string,
  ask: () => Promise<unknown>,
): Promise<DamagedUuid | undefined> {
  const path = `${root}/io.containerd.grpc.v1.introspection/uuid`
  const text = await files.read(path)
  // Without a file, a question would have containerd write one.
  if (text === undefined || /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(text)) return undefined
  try {
    await ask()
    return undefined
  } catch (error) {
    if (!(error instanceof GrpcFailure)) throw error
    return { path, problem: text === '' ? 'empty' : 'not a UUID' }
  }
}
