import { slowness } from '../../lib/slowness.ts'
import { containerdNamespace } from '../paths.ts'
import type { CallGrpc } from './grpc.ts'
import { type Message, messagesIn } from './protobuf.ts'

/** The default snapshotter of `ctr` and of the CRI plugin. */
export const snapshotter = 'overlayfs'
const empty: Buffer = Buffer.alloc(0)

export interface ContainerdServices {
  /** Call a method such as `images.v1.Images/Get`, which has 12 s by default, more on a slow machine; returns its responses. */
  ask: (method: string, request?: Buffer, timeoutMs?: number) => Promise<Message[]>
  /** Call a method such as `images.v1.Images/List`; returns the entries in field 1 of its responses. */
  list: (method: string, request?: Buffer) => Promise<Message[]>
}

/** containerd's gRPC services on its socket. Call them only when containerd answers. All throw CommandError. */
export function containerdServices(call: CallGrpc, socket: () => Promise<string>): ContainerdServices {
  const ask = async (method: string, request = empty, timeoutMs = 12_000): Promise<Message[]> =>
    call({
      socket: await socket(),
      method: `/containerd.services.${method}`,
      request,
      headers: { 'containerd-namespace': containerdNamespace },
      timeoutMs: timeoutMs * slowness(),
    })
  return {
    ask,
    list: async (method, request) => (await ask(method, request)).flatMap(answer => messagesIn(answer, 1)),
  }
}
