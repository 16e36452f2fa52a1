import type { CallGrpc } from './grpc.ts'
import { type Message, messagesIn } from './protobuf.ts'

/** The namespace whose images and containers the Kubernetes side (CRI) sees. */
export const namespace = 'k8s.io'
/** That of `ctr`, and of the CRI plugin where its configuration does not say otherwise. */
export const snapshotter = 'overlayfs'
const nothing: Buffer = Buffer.alloc(0)

export interface ContainerdServices {
  /** `images.v1.Images/List`, say; what it answers. */
  ask: (method: string, request?: Buffer) => Promise<Message[]>
  /** The same, of a method that answers with lists in field 1: what is in them. */
  list: (method: string, request?: Buffer) => Promise<Message[]>
}

/**
 * The gRPC services of containerd (api/services, the same fields from v1.4 to v2.2) on its socket. To be asked only
 * when containerd answers. All throw CommandError.
 */
export function containerdServices(call: CallGrpc, socket: () => Promise<string>): ContainerdServices {
  const ask = async (method: string, request = nothing): Promise<Message[]> =>
    call({
      socket: await socket(),
      method: `/containerd.services.${method}`,
      request,
      headers: { 'containerd-namespace': namespace },
      timeoutMs: 12_000,
    })
  return {
    ask,
    list: async (method, request) => (await ask(method, request)).flatMap(answer => messagesIn(answer, 1)),
  }
}
