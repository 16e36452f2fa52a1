import { type BrokerUsers, readBrokerUsers, withoutUsers } from '../../actions/services/broker-users.ts'
import {
  formatPasswordFile,
  generatePassword,
  withGeneratedPassword,
} from '../../broker/access/password-file.ts'
import { aclText, withRole } from '../../broker/access/roles.ts'
import { EdgekitError, messageOf } from '../../lib/errors.ts'
import type { Files } from '../../node/files.ts'
import { paths } from '../../node/paths.ts'
import { accessFile, accessSteps } from '../desired/access-files.ts'
import { devicesFileStep } from '../desired/device-service.ts'
import type { DesiredStep } from '../desired/step-makers.ts'
import { brokerAnswers } from '../desired/unit-steps.ts'

/** The user of the device service at the broker of this node. */
const brokerUser = 'edgekit-devices'

/** The file with its login, and the steps that make the user and let the broker read it. Read-only. Throws EdgekitError. */
export async function withBrokerUser(
  login: string | undefined,
  files: Files,
): Promise<{ login: string; steps: DesiredStep[] }> {
  const { users, acl } = await usersOf(files)
  const known = /^MQTT_PASSWORD=(\S+)$/m.exec(login ?? '')?.[1]
  const password = known ?? generatePassword()
  const text = `MQTT_USERNAME=${brokerUser}\nMQTT_PASSWORD=${password}\n`
  return {
    login: text,
    steps: [
      ...brokerSteps({
        users: withGeneratedPassword(users, brokerUser, password),
        acl: withRole(acl, brokerUser, 'backend'),
      }),
      devicesFileStep(paths.devicesLogin, text),
    ],
  }
}

/** The steps that remove the user; none when there is none. Read-only. Throws EdgekitError. */
export async function withoutBrokerUser(files: Files): Promise<DesiredStep[]> {
  const found = await usersOf(files)
  return found.users.some(({ name }) => name === brokerUser)
    ? brokerSteps(withoutUsers(found, [brokerUser]))
    : []
}

function brokerSteps({ users, acl }: BrokerUsers): DesiredStep[] {
  const written = [
    accessFile(paths.brokerPasswords, formatPasswordFile(users)),
    accessFile(paths.brokerAcl, aclText(acl)),
  ]
  return [
    brokerAnswers,
    ...accessSteps(written),
    { id: 'broker reload', kind: 'broker-reload', spec: {}, because: written.map(({ path }) => path) },
  ]
}

const usersOf = (files: Files) =>
  readBrokerUsers(files).catch((error: unknown) => {
    throw new EdgekitError(`nothing was changed: cannot read ${paths.brokerAcl}: ${messageOf(error)}`, {
      code: 'broker-access-unusable',
      remedy: 'Correct that line, then run the command again.',
      cause: error,
    })
  })
