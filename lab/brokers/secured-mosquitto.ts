import { createAuthority, issueServerCertificate } from '../../src/broker/access/certificates.ts'
import { formatPasswordFile, hashPassword, iterations } from '../../src/broker/access/password-file.ts'
import type { Target } from '../../src/broker-test/target.ts'
import { freePort } from './free-port.ts'
import { type LabBroker, startBroker } from './program.ts'

const listenerNames = ['mqtt', 'mqtts', 'ws', 'wss'] as const
type ListenerName = (typeof listenerNames)[number]

/** A broker with four listeners of which one is tested. */
export interface SecuredBroker extends LabBroker {
  target: Target
  listeners: Target[]
  /** A topic that the user of the target may not use. */
  deniedTopic: string
}

/** Debian's mosquitto 2.0.21 with users, an access list, TLS, and WebSockets. */
export async function startSecuredMosquitto(tested: ListenerName): Promise<SecuredBroker> {
  const authority = await createAuthority('lab', new Date())
  const { certificate, key } = await issueServerCertificate(authority, ['127.0.0.1'], new Date())
  const login = { username: 'test', password: 'correct horse' }
  const more = { mqtts: await freePort(), ws: await freePort(), wss: await freePort() }
  const tls = ['certfile /mnt/server.crt', 'keyfile /mnt/server.key']
  const broker = await startBroker(port => ({
    release: 'trixie',
    packages: ['mosquitto'],
    command: ['/usr/sbin/mosquitto', '-c', '/mnt/mosquitto.conf'],
    files: {
      'mosquitto.conf': [
        'allow_anonymous false',
        'password_file /mnt/passwd',
        'acl_file /mnt/acl',
        'user root',
        `listener ${port} 127.0.0.1`,
        `listener ${more.mqtts} 127.0.0.1`,
        ...tls,
        `listener ${more.ws} 127.0.0.1`,
        'protocol websockets',
        `listener ${more.wss} 127.0.0.1`,
        'protocol websockets',
        ...tls,
        '',
      ].join('\n'),
      'server.crt': certificate,
      'server.key': key,
      passwd: formatPasswordFile([
        { name: login.username, hash: hashPassword(login.password, iterations.generated) },
      ]),
      acl: 'topic read $SYS/#\nuser test\ntopic readwrite #\ntopic readwrite $edgekit/+/+/hidden\ntopic read $SYS/#\n',
    },
  }))
  const targets = listenerNames.map((name): Target => {
    const isTls = name === 'mqtts' || name === 'wss'
    return {
      host: '127.0.0.1',
      port: name === 'mqtt' ? broker.port : more[name],
      login,
      ...(isTls && { tls: { ca: authority.certificate } }),
      ...((name === 'ws' || name === 'wss') && { websockets: true }),
    }
  })
  const at = listenerNames.indexOf(tested)
  const [target, ...listeners] = [...targets.slice(at), ...targets.slice(0, at)]
  if (!target) throw new Error(`no listener ${tested}`)
  return { ...broker, target, listeners, deniedTopic: '$edgekit/denied' }
}
