import { type Acl, readAcl } from '../../broker/access/acl.ts'
import { dropCanaries } from '../../broker/access/canaries.ts'
import {
  formatPasswordFile,
  type PasswordEntry,
  readPasswordFile,
} from '../../broker/access/password-file.ts'
import { aclText } from '../../broker/access/roles.ts'
import type { Files } from '../../node/files.ts'
import type { Node } from '../../node/node.ts'
import { brokerContainer, mosquitto, paths, units } from '../../node/paths.ts'

/** Who may connect to the broker, and what they may do. */
export interface BrokerUsers {
  users: PasswordEntry[]
  acl: Acl
}

/** Readable by the broker alone. */
const access = { mode: 0o600, ...mosquitto }

/** Throws an Error when the broker would reject the ACL. */
export async function readBrokerUsers(files: Files): Promise<BrokerUsers> {
  const [passwords, acl] = await Promise.all([files.read(paths.brokerPasswords), files.read(paths.brokerAcl)])
  return dropCanaries({ users: readPasswordFile(passwords ?? ''), acl: readAcl(acl ?? '') })
}

/** Writes both files; the broker reads them when it is reloaded. */
export async function writeBrokerUsers(
  { users, acl }: BrokerUsers,
  files: Files,
  place = { passwords: paths.brokerPasswords as string, acl: paths.brokerAcl as string },
): Promise<void> {
  await files.write(place.acl, { text: aclText(acl) }, access)
  await files.write(place.passwords, { text: formatPasswordFile(users) }, access)
}

/** mosquitto reads passwords, ACL and certificates again. It disconnects clients whose user is gone or has another password. */
export const reloadBroker = ({ containerd }: Pick<Node, 'containerd'>): Promise<void> =>
  containerd.signalContainer(brokerContainer, 'SIGHUP')

/** The same without these users and their rules. */
export function withoutUsers({ users, acl }: BrokerUsers, names: readonly string[]): BrokerUsers {
  const removed = new Set(names)
  return {
    users: users.filter(({ name }) => !removed.has(name)),
    acl: { ...acl, users: new Map([...acl.users].filter(([name]) => !removed.has(name))) },
  }
}

/** Whether the broker of this node runs. */
export const isBrokerRunning = async ({ systemd }: Pick<Node, 'systemd'>): Promise<boolean> =>
  (await systemd.unit(units.broker)).active === 'active'

/** A stopped broker reads the files when it starts. */
export async function reloadIfRunning(node: Node): Promise<void> {
  if (await isBrokerRunning(node)) await reloadBroker(node)
}
