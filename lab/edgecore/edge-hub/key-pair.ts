import { createPrivateKey, type KeyObject, X509Certificate } from 'node:crypto'
import { readFileSync } from 'node:fs'
import type { Section } from '../config.ts'
import { goReason } from '../go-errors.ts'

/** The certificate of the node and its key, as Go's `tls.LoadX509KeyPair` reads them. */
export interface KeyPair {
  cert: string
  key: string
  commonName: string
}

/** Throws an error in Go's words: a file is missing, is not PEM, or the key is that of another certificate. */
export function loadKeyPair(hub: Section): KeyPair {
  const [cert, key] = [String(hub['tlsCertFile']), String(hub['tlsPrivateKeyFile'])].map(read) as [
    string,
    string,
  ]
  const certificate = parse('certificate', () => new X509Certificate(cert))
  const privateKey: KeyObject = parse('key', () => createPrivateKey(key))
  if (!certificate.checkPrivateKey(privateKey)) throw new Error('tls: private key does not match public key')
  return { cert, key, commonName: /^CN=(.*)$/m.exec(certificate.subject)?.[1] ?? '' }
}

function read(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch (cause) {
    throw new Error(`open ${file}: ${goReason(cause)}`)
  }
}

function parse<T>(what: string, parser: () => T): T {
  try {
    return parser()
  } catch {
    throw new Error(`tls: failed to find any PEM data in ${what} input`)
  }
}
