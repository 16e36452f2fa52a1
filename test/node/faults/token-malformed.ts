import { changeEdgecore } from '../../../lab/tweaks/edgecore-config.ts'
import type { Fault } from './fault.ts'

export const tokenMalformed: Fault = {
  what: 'the node has to join, and only half of the token was pasted',
  occasion: 'doctor',
  fails: 'edgecore-token',
  says: /its token has 2 parts/,
  release: 'bookworm',
  breakIt: changeEdgecore(
    "rm /etc/kubeedge/certs/*; sed -i 's/token: .*/token: 0123456789abcdef.eyJhbGciOiJIUzI1NiJ9/' $file",
  ),
}
