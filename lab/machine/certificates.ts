import { chmod, mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { sh } from '../shell.ts'

/**
 * Write certificates as `keadm join` leaves them: the CA of the cloud, and the key and certificate of the node, valid
 * for `days` (negative: expired). The CA's key is discarded. All are made beside and moved into place: a running
 * EdgeCore reads them at any moment, and must not see an empty file.
 */
export async function writeCertificates(root: string, name: string, days = 365): Promise<void> {
  const directory = join(root, 'etc/kubeedge')
  await mkdir(join(directory, 'ca'), { recursive: true })
  await mkdir(join(directory, 'certs'), { recursive: true })
  const cloud = await mkdtemp(join(directory, '.new-'))
  try {
    const authority = join(cloud, 'rootCA.crt')
    const key = join(cloud, 'server.key')
    const authorityKey = join(cloud, 'rootCA.key')
    await newKey(authorityKey)
    await newCertificate('/CN=KubeEdge', authorityKey, authority, [])
    await newKey(key)
    const request = join(cloud, 'server.csr')
    const extensions = join(cloud, 'extensions')
    const certificate = join(cloud, 'server.crt')
    const subject = `/O=system:nodes/CN=system:node:${name}`
    await sh`openssl req -new -key ${key} -subj ${subject} -out ${request}`
    await writeFile(extensions, 'extendedKeyUsage=clientAuth\n')
    const issuer = ['-CA', authority, '-CAkey', authorityKey, '-CAcreateserial', '-extfile', extensions]
    const serial = join(cloud, 'serial')
    await sh`openssl x509 -req -in ${request} ${issuer} -CAserial ${serial} -days ${days} -out ${certificate}`
    await chmod(certificate, 0o644)
    await rename(authority, join(directory, 'ca/rootCA.crt'))
    await rename(key, join(directory, 'certs/server.key'))
    await rename(certificate, join(directory, 'certs/server.crt'))
  } finally {
    await rm(cloud, { recursive: true, force: true })
  }
}

/** Write a server key and certificate for this machine and `names`, and the CA that issued it, as PEM files. */
export async function writeServerCertificate(
  directory: string,
  names: readonly string[] = [],
): Promise<{ authority: string; key: string; certificate: string }> {
  const [authority, key, certificate] = [`authority.crt`, 'server.key', 'server.crt'].map(name =>
    join(directory, name),
  ) as [string, string, string]
  const authorityKey = join(directory, 'authority.key')
  await newKey(authorityKey)
  await newCertificate('/CN=Lab authority', authorityKey, authority, [])
  await newKey(key)
  const hosts = ['IP:127.0.0.1', ...['localhost', ...names].map(name => `DNS:${name}`)].join(',')
  const options = ['-CA', authority, '-CAkey', authorityKey, '-addext', `subjectAltName=${hosts}`]
  await newCertificate('/CN=localhost', key, certificate, options)
  return { authority, key, certificate }
}

async function newKey(path: string): Promise<void> {
  await sh`openssl ecparam -name prime256v1 -genkey -noout -out ${path}`
  await chmod(path, 0o600)
}

async function newCertificate(subject: string, key: string, path: string, options: string[]): Promise<void> {
  await sh`openssl req -x509 -new -key ${key} -subj ${subject} -days 365 -out ${path} ${options}`
  await chmod(path, 0o644)
}
