import { createPrivateKey, X509Certificate } from 'node:crypto'
import { type TokenShape, tokenShape } from '../edgecore/token-shape.ts'
import { messageOf } from '../lib/errors.ts'
import type { Files } from '../node/files.ts'
import { paths } from '../node/paths.ts'
import type { Collector } from './collector.ts'
import { readNodeConfig } from './edgecore-config.ts'

/** A certificate with its key and the authority it should be from. Plain data, nothing secret. */
export interface CertificateFacts {
  certificateFile: string
  subject: string
  /** `DNS:…, IP Address:…`; empty when it names no hosts. */
  names: string
  issuer: string
  /** Milliseconds since 1970. */
  validFrom: number
  validTo: number
  /** Undefined when the other file is not there. */
  keyFits: boolean | undefined
  issuedByAuthority: boolean | undefined
}

export interface CertificatesFacts {
  /** What the node shows the cloud; undefined when it has not joined. */
  node: CertificateFacts | { problem: string } | undefined
  /** Why EventBus cannot use the files it is set to use for TLS; empty when it can, or is set to use none. */
  eventBusProblems: string[]
  /** Of the file that keadm join hands the token over in; undefined when there is none. */
  bootstrapFile: TokenShape | undefined
}

export const certificates: Collector<CertificatesFacts> = {
  name: 'certificates',
  timeoutMs: 10_000,
  async collect(node) {
    const { files } = node
    const { edgeHub, eventBus } = (await readNodeConfig(node)).config
    const token = await files.read(paths.bootstrapToken)
    const { tls } = eventBus
    return {
      node: await lookAt(
        edgeHub.tlsCertFile.value,
        edgeHub.tlsPrivateKeyFile.value,
        edgeHub.tlsCaFile.value,
        files,
      ),
      eventBusProblems: tls.enable.value
        ? await unusable([tls.caFile.value, tls.certFile.value, tls.privateKeyFile.value], files)
        : [],
      bootstrapFile: token === undefined ? undefined : tokenShape(token),
    }
  },
}

async function lookAt(
  certificateFile: string,
  keyFile: string,
  authorityFile: string,
  files: Files,
): Promise<CertificatesFacts['node']> {
  const [text, key, authority] = await Promise.all(
    [certificateFile, keyFile, authorityFile].map(path => files.read(path)),
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
      keyFits: key === undefined ? undefined : certificate.checkPrivateKey(createPrivateKey(key)),
      issuedByAuthority:
        authority === undefined ? undefined : certificate.verify(new X509Certificate(authority).publicKey),
    }
  } catch (error) {
    return {
      problem: `${certificateFile}, its key or its authority cannot be understood: ${messageOf(error)}`,
    }
  }
}

async function unusable(named: readonly string[], files: Files): Promise<string[]> {
  const found = await Promise.all(
    named.map(async path => ((await files.status(path)) ? undefined : `${path} does not exist`)),
  )
  return found.filter(problem => problem !== undefined)
}
