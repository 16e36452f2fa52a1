import type { BrokerLogin } from '../../edgecore/config/mqtt-credentials.ts'
import type { Files } from '../../node/files.ts'
import { paths } from '../../node/paths.ts'
import { edgecoreUser } from './roles.ts'

/** EdgeCore's login, as edgekit keeps it; undefined when the broker has never required one. */
export async function readLocalLogin(files: Files): Promise<BrokerLogin | undefined> {
  const password = (await files.read(paths.brokerLogin))?.trim()
  return password ? { username: edgecoreUser, password } : undefined
}
