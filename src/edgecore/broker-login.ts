import { stringSetting } from './config-fields.ts'
import { lookUp, parseConfig } from './yaml-document.ts'

/** What EdgeCore logs in to the broker with. Secret: for connecting only, never to be kept. */
export interface BrokerLogin {
  username: string
  password: string
}

/** Read it from edgecore.yaml. As in EdgeCore, a password without a user name is not sent. */
export function readBrokerLogin(text: string): BrokerLogin | undefined {
  const root: unknown = parseConfig(text).document.toJS() ?? {}
  const value = (key: string) =>
    stringSetting(path => lookUp(root, path), `modules.eventBus.${key}`, '').value
  const username = value('mqttUsername')
  return username === '' ? undefined : { username, password: value('mqttPassword') }
}
