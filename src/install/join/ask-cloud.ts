import { createHash, X509Certificate } from 'node:crypto'
import type { Network } from '../../node/network/network.ts'

/** What a cloud answers before a node joins. */
export interface CloudAnswers {
  /** SHA-256 of its CA certificate (DER), which a token begins with; undefined without an answer. */
  caHash?: string
  /** It has a Node of this name; undefined without a clear answer. */
  hasNode?: boolean
}

/** An install waits no longer for a cloud that may be unreachable. */
const timeoutMs = 3_000

/**
 * Asks CloudCore what EdgeCore and `keadm join` ask it, without a login and without verifying its certificate: its CA at
 * `/ca.crt`, and `/node/NAME`, which answers 404 while the name is free (KubeEdge v1.20 and later; earlier ones always do).
 * Never throws: a cloud that cannot be reached has no answers.
 */
export async function askCloud(server: string, nodeName: string, network: Network): Promise<CloudAnswers> {
  if (!server.startsWith('https://')) return {}
  const [ca, node] = await Promise.all(
    ['/ca.crt', `/node/${encodeURIComponent(nodeName)}`].map(path =>
      network.getUnverified(server + path, timeoutMs).catch(() => undefined),
    ),
  )
  const caHash = ca?.status === 200 ? hashOfCertificate(ca.body) : undefined
  return {
    ...(caHash !== undefined && { caHash }),
    ...(node?.status === 200 && { hasNode: true }),
    ...(node?.status === 404 && { hasNode: false }),
  }
}

/** SHA-256 of a certificate in DER; undefined for anything else. */
export function hashOfCertificate(content: Buffer | string): string | undefined {
  try {
    return createHash('sha256').update(new X509Certificate(content).raw).digest('hex')
  } catch {
    return undefined
  }
}
