import { createPrivateKey, X509Certificate } from 'node:crypto'
import type { EdgecoreConfig } from '../edgecore/config/config.ts'
import { type TokenShape, tokenShape } from '../edgecore/token-shape.ts'
import { messageOf } from '../lib/errors.ts'
import type { Files } from '../node/files.ts'
import { paths } from '../node/paths.ts'
import type { Collector } from './collector.ts'
import { readNodeConfig } from './edgecore-config.ts'

/** A certificate, and whether its key and its CA match. Contains nothing secret. */
export interface CertificateFacts {
  certificateFile: string
  subject: string
  /** Subject alternative names, such as `DNS:…, IP Address:…`; empty when there are none. */
  names: string
  issuer: string
  /** Milliseconds since 1970. */
  validFrom: number
  validTo: number
  /** Undefined when the key or the CA file does not exist. */
  keyMatches: boolean | undefined
  issuedByAuthority: boolean | undefined
}

export interface CertificatesFacts {
  /** The certificate with which the node authenticates to the cloud; undefined before it has joined. */
  node: CertificateFacts | { problem: string } | undefined
  /** When the certificates of the cloud on this node begin, by file: its CA, which is saved first, and that of the node. */
  issued: { file: string; validFrom: number }[]
  /** Missing TLS files of EventBus; empty when TLS is off. */
  eventBusProblems: string[]
  /** The token in the file that `keadm join` writes; undefined when the file does not exist. */
  bootstrapFile: TokenShape | undefined
}

export const certificates: Collector<CertificatesFacts> = {
  timeoutMs: 10_000,
  async collect(node) {
    const { files } = node
    const { edgeHub, eventBus } = (await readNodeConfig(node)).config
    const token = await files.read(paths.bootstrapToken)
    const { tls } = eventBus
    return {
      node: await inspectCertificate(edgeHub, files),
      issued: await beginnings([edgeHub.tlsCaFile.value, edgeHub.tlsCertFile.value], files),
      eventBusProblems: tls.enable.value
        ? await missing([tls.caFile.value, tls.certFile.value, tls.privateKeyFile.value], files)
        : [],
      bootstrapFile: token === undefined ? undefined : tokenShape(token),
    }
  },
}

/** The node certificate, with its key and its CA, at the paths in the configuration. */
export async function inspectCertificate(
  { tlsCertFile, tlsPrivateKeyFile, tlsCaFile }: EdgecoreConfig['edgeHub'],
  files: Files,
): Promise<CertificatesFacts['node']> {
  const certificateFile = tlsCertFile.value
  const [text, key, authority] = await Promise.all(
    [certificateFile, tlsPrivateKeyFile.value, tlsCaFile.value].map(path => files.read(path)),
  )
  if (text === undefined) return undefined
  try {
    const certificate = new X509Certificate(text)
    return {
      certificateFile,
      subject: certificate.subject.replaceAll('\n', ', '),
      names: certificate.subjectAltName ?? '',
      issuer: certificate.issuer.replaceAll('\n', ', '),
      validFrom: certificate.validFromDate.getTime(),
      validTo: certificate.validToDate.getTime(),
      keyMatches: key === undefined ? undefined : certificate.checkPrivateKey(createPrivateKey(key)),
      issuedByAuthority:
        authority === undefined ? undefined : certificate.verify(new X509Certificate(authority).publicKey),
    }
  } catch (error) {
    return {
      problem: `cannot parse ${certificateFile}, its key or its CA: ${messageOf(error)}`,
    }
  }
}

async function beginnings(paths: readonly string[], files: Files): Promise<CertificatesFacts['issued']> {
  const found = await Promise.all(
    paths.map(async file => {
      const text = await files.read(file)
      if (text === undefined) return []
      try {
        return [{ file, validFrom: new X509Certificate(text).validFromDate.getTime() }]
      } catch {
        // Other checks report a damaged certificate.
        return []
      }
    }),
  )
  return found.flat()
}

async function missing(named: readonly string[], files: Files): Promise<string[]> {
  const found = await Promise.all(
    named.map(async path => ((await files.status(path)) ? undefined : `${path} does not exist`)),
  )
  return found.filter(problem => problem !== undefined)
}
