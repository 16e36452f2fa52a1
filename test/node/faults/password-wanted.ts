import { changeBroker, putBrokerBack } from '../../../lab/tweaks/broker-config.ts'
import type { Fault } from './fault.ts'

export const passwordWanted: Fault = {
  what: 'the broker wants a password that EdgeCore does not have',
  occasion: 'doctor',
  fails: 'broker-login',
  says: /without a user name and with no password.*Not authorized/,
  release: 'trixie',
  breakIt: changeBroker("sed -i 's/^allow_anonymous .*/allow_anonymous false/' $file", { starts: false }),
  mend: putBrokerBack,
}
