import { changeEdgecore } from '../../../lab/tweaks/edgecore-config.ts'
import type { Fault } from './fault.ts'

const part = (text: string): string => Buffer.from(text).toString('base64url')
const token = ['0'.repeat(64), part('{"alg":"HS256"}'), part('{"exp":1767225600}'), part('signature')].join(
  '.',
)

export const tokenExpired: Fault = {
  what: 'the node has to join, and its token is from last year',
  occasion: 'doctor',
  fails: 'edgecore-token',
  says: /its token expired at 2026-01-01/,
  release: 'trixie',
  breakIt: changeEdgecore(`rm /etc/kubeedge/certs/*; sed -i 's/token: .*/token: ${token}/' $file`),
}
