import { requireFact } from '../../../facts/fact.ts'
import { mosquitto } from '../../../node/paths.ts'
import type { Check } from '../../check.ts'

const dayMs = 24 * 3_600_000
/** An install renews edgekit's own certificate 60 days before its end. */
const warnDays = 30

export const brokerCertificate: Check = {
  id: 'broker-certificate',
  title: 'Broker certificate serves for 30 more days',
  tags: ['checklist', 'doctor', 'security'],
  needs: ['running-as-root', 'install-finished'],
  run(facts) {
    const { certificate } = requireFact(facts.brokerAccess)
    if (!certificate) return { status: 'pass', observed: 'the broker has no certificate' }
    const { path, keyPath, problem, validTo, missingNames, keyAccess } = certificate
    const remedy = {
      text: 'Let edgekit renew its own certificate. One of yours, replace with its key, and run the same command.',
      commands: ['edgekit broker configure'],
    }
    if (problem !== undefined)
      return {
        status: 'fail',
        observed: `${path}: ${problem}`,
        expected: 'a certificate with its key, of the CA in ca.crt: devices refuse any other one',
        remedy,
      }
    const { mode, uid, gid } = keyAccess ?? { mode: 0, ...mosquitto }
    const isReadable =
      (uid === mosquitto.uid && (mode & 0o400) !== 0) ||
      (gid === mosquitto.gid && (mode & 0o040) !== 0) ||
      (mode & 0o004) !== 0
    if (!isReadable)
      return {
        status: 'warn',
        observed: `user ${mosquitto.uid} cannot read ${keyPath} (user ${uid}, mode ${mode.toString(8)}): the broker fails to reload it`,
        expected: `readable for user ${mosquitto.uid}, which the broker runs as`,
        remedy: {
          text: 'Give the key to that user.',
          commands: [`chown ${mosquitto.uid}:${mosquitto.gid} ${keyPath}`, `chmod 600 ${keyPath}`],
        },
      }
    if (missingNames.length > 0)
      return {
        status: 'warn',
        observed: `${path} is not for ${missingNames.join(', ')}: devices that connect there refuse it`,
        expected: 'a certificate for every address of a listener',
        remedy,
      }
    const days = Math.floor(((validTo ?? 0) - requireFact(facts.clock).now) / dayMs)
    if (days >= warnDays) return { status: 'pass', observed: `${days} days` }
    return {
      status: 'warn',
      observed: `${path} expires in ${days} days`,
      expected: `at least ${warnDays} days: afterwards no device connects`,
      remedy,
    }
  },
}
