import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { sh } from '../shell.ts'
import { files } from './settings.ts'

const aDay = 86_400_000

/** The authority of the cloud and its server's certificate for `address`, as CloudCore makes them at its first start. */
export async function writeAuthority(
  directory: string,
  address: string,
  from = new Date(Date.now() - aDay),
): Promise<void> {
  const path = (name: keyof typeof files): string => join(directory, files[name])
  const stamp = (date: Date): string => `${date.toISOString().replaceAll(/[-:T]/g, '').slice(0, 14)}Z`
  const config = join(directory, 'openssl.cnf')
  const extensions = [
    'basicConstraints=critical,CA:true',
    `subjectAltName=IP:${address}\nextendedKeyUsage=serverAuth`,
  ]
  const until = new Date(from.getTime() + 3650 * aDay)
  await writeFile(join(directory, 'index.txt'), '')
  await writeFile(
    config,
    `[ca]
default_ca = it
[it]
database = ${directory}/index.txt
new_certs_dir = ${directory}
rand_serial = yes
default_md = sha256
policy = any
unique_subject = no
[any]
commonName = supplied
[root]
${extensions[0]}
[server]
${extensions[1]}
[req]
distinguished_name = dn
[dn]
`,
  )
  const dates = ['-startdate', stamp(from), '-enddate', stamp(until)]
  const sign = ['-batch', '-notext', '-config', config, ...dates]
  for (const [key, name] of [
    ['caKey', 'KubeEdge'],
    ['key', 'KubeEdge-server'],
  ] as const) {
    await sh`openssl ecparam -name prime256v1 -genkey -noout -out ${path(key)}`
    await sh`openssl req -new -config ${config} -key ${path(key)} -subj /CN=${name} -out ${path(key)}.csr`
  }
  const root = ['-selfsign', '-extensions', 'root', '-keyfile', path('caKey')]
  await sh`openssl ca ${sign} ${root} -in ${path('caKey')}.csr -out ${path('ca')}`
  const server = ['-extensions', 'server', '-cert', path('ca'), '-keyfile', path('caKey')]
  await sh`openssl ca ${sign} ${server} -in ${path('key')}.csr -out ${path('certificate')}`
}
