import { type Lookup, stringSetting } from './config-fields.ts'

/** What EdgeCore logs in to the broker with. Secret: for connecting only, never to be kept. */
export interface BrokerLogin {
  username: string
  password: string
}

/** As in EdgeCore, a password without a user name is not sent. */
export function brokerLoginIn(look: Lookup): BrokerLogin | undefined {
  const value = (key: string) => stringSetting(look, `modules.eventBus.${key}`, '').value
  const username = value('mqttUsername')
  return username === '' ? undefined : { username, password: value('mqttPassword') }
}
