import { paths } from '../../node/paths.ts'
import type { Action } from '../action.ts'
import { type KeptFile, keepFile, restoreFile } from '../files/kept-file.ts'
import { type BrokerUsers, reloadIfRunning, writeBrokerUsers } from './broker-users.ts'

export interface ChangeBrokerUsersSpec {
  /** Who may connect from now on, and what they may do; a spec read from a journal has none. */
  source?: BrokerUsers
}

interface Before {
  passwords: KeptFile
  acl: KeptFile
}

/**
 * Other users or rules of the broker, which reads them in the same change: reverted, it has read those of before again, also when
 * it was restarted in between.
 */
export const changeBrokerUsers: Action<ChangeBrokerUsersSpec, Before> = {
  kind: 'change-broker-users',
  describe: () => 'Change users and rules of the broker',
  inspect: async () => 'needed',
  capture: async (_, { files }, backUp) => ({
    passwords: await keepFile(paths.brokerPasswords, files, backUp),
    acl: await keepFile(paths.brokerAcl, files, backUp),
  }),
  async apply({ source }, node) {
    if (!source) throw new Error('cannot change the users of the broker: they are not recorded')
    await writeBrokerUsers(source, node.files)
    await reloadIfRunning(node)
    return 'done'
  },
  async revert(_, { passwords, acl }, node) {
    await restoreFile(paths.brokerAcl, acl, node.files)
    await restoreFile(paths.brokerPasswords, passwords, node.files)
    await reloadIfRunning(node)
  },
}
