import { X509Certificate } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { getCACertificates, setDefaultCACertificates } from 'node:tls'
import { EdgekitError, messageOf } from '../lib/errors.ts'
import { useProxies } from './connections.ts'

/** Reached without the proxy, whatever NO_PROXY says: what is on this machine a proxy cannot reach. */
const alwaysDirect = ['localhost', '127.0.0.1', '::1']

/**
 * How this process reaches the network: proxies from HTTPS_PROXY, HTTP_PROXY and NO_PROXY (in either case), and
 * certificate authorities: those Node.js brings, those of this machine, and those in `caFile` (PEM). Once per run,
 * before the first request.
 */
export async function useNetworkSettings(
  caFile: string | undefined,
  environment: NodeJS.ProcessEnv = process.env,
): Promise<void> {
  const own = caFile === undefined ? [] : await readAuthorities(caFile)
  setDefaultCACertificates([...getCACertificates('default'), ...getCACertificates('system'), ...own])
  const setting = (name: string): string => environment[name.toLowerCase()] || environment[name] || ''
  const [httpProxy, httpsProxy] = [setting('HTTP_PROXY'), setting('HTTPS_PROXY')]
  if (!httpProxy && !httpsProxy) return
  for (const [name, url] of Object.entries({ HTTP_PROXY: httpProxy, HTTPS_PROXY: httpsProxy })) {
    if (url && !/^https?:$/.test(URL.parse(url)?.protocol ?? '')) {
      // Not repeated in the message: there may be a password in it.
      throw new EdgekitError(`${name} is not a URL that begins with http:// or https://`, {
        code: 'invalid-environment',
        remedy: `Write it like ${name}=http://proxy.example:3128`,
      })
    }
  }
  useProxies({
    ...(httpProxy && { HTTP_PROXY: httpProxy }),
    ...(httpsProxy && { HTTPS_PROXY: httpsProxy }),
    NO_PROXY: [setting('NO_PROXY'), ...alwaysDirect].filter(Boolean).join(','),
  })
}

async function readAuthorities(file: string): Promise<string[]> {
  const unusable = (why: string): EdgekitError =>
    new EdgekitError(`--ca-file ${file}: ${why}`, {
      code: 'invalid-usage',
      remedy: 'It has to be a file of PEM certificates (-----BEGIN CERTIFICATE-----).',
    })
  const text = await readFile(file, 'utf8').catch(error => {
    throw unusable(messageOf(error))
  })
  const certificates = text.match(/-----BEGIN CERTIFICATE-----.*?-----END CERTIFICATE-----/gs) ?? []
  if (certificates.length === 0) throw unusable('there is no certificate in it')
  try {
    for (const certificate of certificates) new X509Certificate(certificate)
  } catch (error) {
    throw unusable(messageOf(error))
  }
  return certificates
}
