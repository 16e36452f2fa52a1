import { userInfo } from 'node:os'

/**
 * A user who has no entry in the user database, as in a container or with DynamicUser= of systemd: Node.js then finds no home
 * directory and no shell, and oclif fails at its start unless the environment has them.
 */
export function allowUserWithoutAccount(
  environment: NodeJS.ProcessEnv,
  find: () => unknown = userInfo,
): void {
  try {
    find()
  } catch {
    environment['HOME'] ??= '/'
    environment['SHELL'] ??= '/bin/sh'
  }
}
