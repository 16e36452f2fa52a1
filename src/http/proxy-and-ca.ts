import { X509Certificate } from 'node:crypto'
import { existsSync } from 'node:fs'
import { getCACertificates, setDefaultCACertificates } from 'node:tls'
import { EdgekitError, messageOf } from '../lib/errors.ts'
import { readRegular } from '../lib/files/regular-file.ts'
import { useProxies } from './connections.ts'

/** Bytes: the certificates of all public authorities have about 200 kB. */
const maxAuthorities = 16 * 1024 * 1024

/** Never proxied: a proxy cannot reach loopback addresses of this machine. */
const alwaysDirect = ['localhost', '127.0.0.1', '::1']

/**
 * Configure the network access of this process, before its first request. Proxies come from HTTPS_PROXY, HTTP_PROXY and
 * NO_PROXY, in upper or lower case. Trusted CAs are those of Node.js, of this machine and of `caFile` (PEM). Throws
 * EdgekitError.
 */
export async function useNetworkSettings(
  caFile: string | undefined,
  environment: NodeJS.ProcessEnv = process.env,
): Promise<void> {
  const own = caFile === undefined ? [] : await readAuthorities(caFile)
  setDefaultCACertificates([...getCACertificates('default'), ...ofMachine(), ...own])
  const setting = (name: string): string => environment[name.toLowerCase()] || environment[name] || ''
  const [httpProxy, httpsProxy] = [setting('HTTP_PROXY'), setting('HTTPS_PROXY')]
  if (!httpProxy && !httpsProxy) return
  for (const [name, url] of Object.entries({ HTTP_PROXY: httpProxy, HTTPS_PROXY: httpsProxy })) {
    if (url && !/^https?:$/.test(URL.parse(url)?.protocol ?? '')) {
      // The message omits the value, which can contain a password.
      throw new EdgekitError(`${name} is not an http:// or https:// URL`, {
        code: 'invalid-environment',
        remedy: `Set a valid URL:\n  export ${name}=http://proxy.example:3128`,
      })
    }
  }
  useProxies({
    ...(httpProxy && { HTTP_PROXY: httpProxy }),
    ...(httpsProxy && { HTTPS_PROXY: httpsProxy }),
    NO_PROXY: [setting('NO_PROXY'), ...alwaysDirect].filter(Boolean).join(','),
  })
}

/** Where Node.js looks for them. It prints a line of OpenSSL to stderr when the directory is missing. */
function ofMachine(): string[] {
  const places = [
    process.env['SSL_CERT_FILE'],
    process.env['SSL_CERT_DIR'],
    '/etc/ssl/cert.pem',
    '/etc/ssl/certs',
  ]
  return places.some(path => path !== undefined && existsSync(path)) ? getCACertificates('system') : []
}

async function readAuthorities(file: string): Promise<string[]> {
  const unreadable = (why: string): EdgekitError =>
    new EdgekitError(`cannot read --ca-file ${file}: ${why}`, {
      code: 'invalid-usage',
      remedy: 'Give a file of PEM certificates (-----BEGIN CERTIFICATE-----).',
    })
  const bytes = await readRegular(file, maxAuthorities, { follow: true }).catch(error => {
    throw unreadable(messageOf(error))
  })
  const text = bytes.toString()
  const certificates = text.match(/-----BEGIN CERTIFICATE-----.*?-----END CERTIFICATE-----/gs) ?? []
  if (certificates.length === 0) throw unreadable('it has no certificate')
  for (const [index, certificate] of certificates.entries()) {
    try {
      new X509Certificate(certificate)
    } catch {
      throw unreadable(`certificate ${index + 1} is damaged`)
    }
  }
  return certificates
}
