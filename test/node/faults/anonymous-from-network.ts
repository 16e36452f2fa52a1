import { changeBroker, putBrokerBack } from '../../../lab/tweaks/broker-config.ts'
import type { Fault } from './fault.ts'

export const anonymousFromNetwork: Fault = {
  what: 'somebody added a listener for the network, which lets anybody in',
  occasion: 'doctor',
  fails: 'anonymous-access',
  says: /came in without a word at 198\.51\.100\.10:1887/,
  release: 'trixie',
  breakIt: changeBroker("printf 'listener 1887\\nallow_anonymous true\\n' >>$file", { starts: true }),
  mend: putBrokerBack,
}
