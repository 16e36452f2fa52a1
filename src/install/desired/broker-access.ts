import type { AccessFileSpec } from '../../actions/files/access-file.ts'
import { readAcl } from '../../broker/access/acl.ts'
import { dropCanaries } from '../../broker/access/canaries.ts'
import { readLocalLogin } from '../../broker/access/local-login.ts'
import {
  formatPasswordFile,
  generatePassword,
  readPasswordFile,
  withGeneratedPassword,
} from '../../broker/access/password-file.ts'
import { aclText, edgecoreUser, withRoles } from '../../broker/access/roles.ts'
import { brokerConfigFor } from '../../broker/profile/broker-config.ts'
import { localProfile } from '../../broker/profile/broker-settings.ts'
import { confDProblemsOf } from '../../broker/profile/conf-d-problems.ts'
import type { Manifest } from '../../bundle/manifest.ts'
import type { ConfigValue } from '../../edgecore/config/config.ts'
import { EdgekitError, messageOf } from '../../lib/errors.ts'
import { Secret } from '../../lib/secret.ts'
import type { Files } from '../../node/files.ts'
import type { Node } from '../../node/node.ts'
import { paths, units } from '../../node/paths.ts'
import type { NodeSettings } from '../request/node-settings.ts'
import { type AccessPath, accessFile, accessOf, accessSteps } from './access-files.ts'
import { brokerCertificates, deviceAuthority } from './broker-certificates.ts'
import { type DesiredStep, readable, textStep } from './step-makers.ts'

/** Who may reach the broker, as steps of an install. */
export interface BrokerAccess {
  /** mosquitto.conf. */
  config: DesiredStep
  /** What it names. */
  files: DesiredStep[]
  /** Runs the new configuration before the broker does. */
  trial: DesiredStep[]
  /** Logs in at the broker when it answers. */
  proof: DesiredStep[]
  /** For edgecore.yaml. */
  edgecore: { values: Record<string, ConfigValue>; secrets: Record<string, Secret> }
}

const eventBusUser = 'modules.eventBus.mqttUsername'
const eventBusPassword = 'modules.eventBus.mqttPassword'

/**
 * What the settings of the broker require of this node. Users, rules and certificates that are there stay. Read-only.
 * Throws EdgekitError when one of the files cannot be used.
 */
export async function brokerAccess(
  { broker: settings = localProfile, set }: Pick<NodeSettings, 'broker' | 'set'>,
  manifest: Pick<Manifest, 'broker'>,
  node: Node,
): Promise<BrokerAccess> {
  const login = await readLocalLogin(node.files)
  const isChosen = eventBusUser in set
  const { autosaveInterval, image } = manifest.broker
  const config = configStep(brokerConfigFor(settings, autosaveInterval))
  const trial = (because: string[]): DesiredStep => ({
    id: 'broker trial',
    kind: 'broker-trial',
    spec: { image, settings },
    because: [...because, paths.brokerConfig],
  })
  if (settings.profile === 'local') {
    // EdgeCore had a user before.
    const values: Record<string, ConfigValue> =
      login && !isChosen ? { [eventBusUser]: '', [eventBusPassword]: '' } : {}
    return {
      config,
      files: await existing(node.files),
      trial: [trial([])],
      proof: [],
      edgecore: { values, secrets: {} },
    }
  }
  await refuseContradictions(node.files)
  const password = login?.password ?? generatePassword()
  const texts = [
    ...(await credentials(password, node.files)),
    ...Object.entries({
      ...(await brokerCertificates(settings, node)),
      ...(await deviceAuthority(node)),
    }).map(([path, text]) => accessFile(path as AccessPath, text)),
  ]
  const files = [
    ...directories.map(directoryStep),
    ...accessSteps(texts),
    ...(await existingFiles([paths.brokerNextCaKey, paths.brokerNextCa], node.files)),
  ]
  return {
    config,
    files,
    trial: [trial(files.map(({ id }) => id))],
    proof: [{ id: 'broker access', kind: 'broker-access', spec: { settings }, because: [units.broker] }],
    edgecore: isChosen
      ? { values: {}, secrets: {} }
      : {
          values: { [eventBusUser]: edgecoreUser },
          secrets: { [eventBusPassword]: new Secret(password, 'broker password of EdgeCore') },
        },
  }
}

/** Throws EdgekitError (refused) when a file of the user's in conf.d contradicts what edgekit configures. */
async function refuseContradictions(files: Files): Promise<void> {
  const problems = (await confDProblemsOf(files)).map(
    ({ path, line, text, reason }) => `  ${path}:${line}: ${text}: ${reason}`,
  )
  if (problems.length === 0) return
  throw new EdgekitError(
    `cannot use ${paths.brokerConfD}: it contradicts the configuration of edgekit\n${problems.join('\n')}`,
    { code: 'broker-conf-d-contradicts', remedy: 'Remove these lines, then run the command again.' },
  )
}

const directories = [paths.brokerTls, paths.brokerConfD]
const directoryStep = (path: string): DesiredStep => ({
  id: path,
  kind: 'directory',
  spec: { path, ours: true, ...readable },
})
/** What the profile `devices` has left: users and certificates stay for the next time. */
async function existing(files: Files): Promise<DesiredStep[]> {
  const made = await Promise.all(
    directories.map(async path => ((await files.status(path)) ? [directoryStep(path)] : [])),
  )
  return [...made.flat(), ...(await existingFiles(Object.keys(accessOf) as AccessPath[], files))]
}

/** Those of the files that are there. */
async function existingFiles(names: readonly AccessPath[], files: Files): Promise<DesiredStep[]> {
  const specs = await Promise.all(
    names.map(async path => ((await files.status(path)) ? [{ path, ...accessOf[path] }] : [])),
  )
  return accessSteps(specs.flat())
}

/** mosquitto.conf with this text. */
const configStep = (text: string): DesiredStep => textStep(paths.brokerConfig, text)

async function credentials(password: string, files: Files): Promise<AccessFileSpec[]> {
  const { users, acl } = dropCanaries({
    users: readPasswordFile((await files.read(paths.brokerPasswords)) ?? ''),
    acl: await usable(paths.brokerAcl, files, text => readAcl(text)),
  })
  const withEdgecore = withGeneratedPassword(users, edgecoreUser, password)
  return [
    accessFile(paths.brokerLogin, `${password}\n`),
    accessFile(paths.brokerPasswords, formatPasswordFile(withEdgecore)),
    accessFile(paths.brokerAcl, aclText(withRoles(acl))),
  ]
}

/** Throws EdgekitError (refused) instead of overwriting a file that edgekit does not understand. */
async function usable<T>(path: string, files: Files, read: (text: string) => T): Promise<T> {
  try {
    return read((await files.read(path)) ?? '')
  } catch (error) {
    throw new EdgekitError(`cannot use ${path}: ${messageOf(error)}`, {
      code: 'broker-access-unusable',
      remedy: `Correct the file, or move it away:\n  mv ${path} ${path}.old`,
      cause: error,
    })
  }
}
