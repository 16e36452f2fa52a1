import { type Lookup, stringSetting } from './config-fields.ts'

/** EdgeCore's login at the broker. Secret: never part of a fact or a report. */
export interface BrokerLogin {
  username: string
  password: string
}

/** Like EdgeCore, ignores a password without a user name. */
export function brokerLoginIn(look: Lookup): BrokerLogin | undefined {
  const value = (key: string) => stringSetting(look, `modules.eventBus.${key}`, '').value
  const username = value('mqttUsername')
  return username === '' ? undefined : { username, password: value('mqttPassword') }
}
