import type { LabNode } from '../../../lab/machine/node.ts'
import { issueServerCertificate } from '../../../src/broker/access/certificates.ts'
import { paths } from '../../../src/node/paths.ts'
import type { Fault } from './fault.ts'

const kept = '/var/broker-access'
const keep = (node: LabNode) => node.sh(`rm -rf ${kept}; cp --archive ${paths.brokerDirectory} ${kept}`)

/** A node of the profile `devices`; everything of the broker's directory is restored. */
const shared: Pick<Fault, 'occasion' | 'devices' | 'release' | 'repair'> = {
  occasion: 'doctor',
  devices: true,
  release: 'bookworm',
  repair: node => node.sh(`cp --archive ${kept}/. ${paths.brokerDirectory}; rm -f ${paths.brokerConfD}/*`),
}

/** The node's own CA issues a certificate that is not as it must be. */
const issueWrong =
  (names: readonly string[], at: Date) =>
  async (node: LabNode): Promise<void> => {
    await keep(node)
    const [certificate, key] = [await node.read(paths.brokerCa), await node.read(paths.brokerCaKey)]
    const issued = await issueServerCertificate({ certificate, key }, names, at)
    await node.write(paths.brokerCertificate, issued.certificate)
    await node.write(paths.brokerKey, issued.key)
    await node.sh(`chown 1883:1883 ${paths.brokerKey}; chmod 600 ${paths.brokerKey}`)
  }

const days = (count: number): Date => new Date(Date.now() + count * 86_400_000)

export const brokerAccessFaults: readonly Fault[] = [
  {
    ...shared,
    what: 'the certificate of the broker has expired',
    fails: 'broker-certificate',
    remedied: true,
    words: /it has expired on \d{4}-/,
    breakIt: issueWrong(['198.51.100.10'], days(-1200)),
  },
  {
    ...shared,
    what: 'the certificate of the broker is about to expire',
    fails: 'broker-certificate',
    status: 'warn',
    words: /expires in 19 days/,
    breakIt: issueWrong(['198.51.100.10'], days(20 - 1095)),
  },
  {
    ...shared,
    what: 'the certificate of the broker has another name',
    fails: 'broker-certificate',
    status: 'warn',
    words: /is not for 198\.51\.100\.10: devices that connect there refuse it/,
    breakIt: issueWrong(['broker.example'], days(0)),
  },
  {
    ...shared,
    what: 'the key of the broker is that of another certificate',
    fails: 'broker-certificate',
    words: /its key belongs to another certificate/,
    breakIt: async node => {
      await keep(node)
      await node.sh(`cat ${paths.brokerCaKey} >${paths.brokerKey}`)
    },
  },
  {
    ...shared,
    what: 'the broker cannot read its key',
    fails: 'broker-certificate',
    status: 'warn',
    remedied: true,
    words: /user 1883 cannot read .*server\.key.*chown 1883:1883/,
    breakIt: async node => {
      await keep(node)
      await node.sh(`chown root:root ${paths.brokerKey}`)
    },
  },
  {
    ...shared,
    what: 'a password was made with mosquitto_passwd of mosquitto 2.1',
    fails: 'broker-passwords',
    remedied: true,
    words: /1 user in .*app has a hash that only mosquitto 2\.1 reads \(argon2id\).*broker user passwd app/,
    breakIt: async node => {
      await keep(node)
      await node.sh(`echo 'app:$argon2id$v=19$m=47104,t=1,p=1$c2FsdA$aGFzaA' >>${paths.brokerPasswords}`)
    },
  },
  {
    ...shared,
    what: 'a file in conf.d has the log file of a tutorial',
    fails: 'broker-conf-d',
    status: 'warn',
    remedied: true,
    words: /mine\.conf:1: the broker can write only below \/mosquitto\/data/,
    breakIt: async node => {
      await keep(node)
      await node.sh(`echo 'log_dest file /mosquitto/log/mosquitto.log' >${paths.brokerConfD}/mine.conf`)
    },
  },
]
