import type { Files } from '../../node/files.ts'
import { paths } from '../../node/paths.ts'
import type { KeyPair } from './certificates.ts'
import { isPair } from './foreign-certificate.ts'

/** The CA of the certificates of devices; undefined when a file is missing, or when they do not belong together. */
export async function readDeviceAuthority(files: Files): Promise<KeyPair | undefined> {
  const [certificate, key] = await Promise.all([
    files.read(paths.brokerDeviceCa),
    files.read(paths.brokerDeviceCaKey),
  ])
  if (!certificate || !key) return undefined
  return isPair({ certificate, key }) ? { certificate, key } : undefined
}
