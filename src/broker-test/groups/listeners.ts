import { checkServerIdentity, type SecureVersion } from 'node:tls'
import { messageOf } from '../../lib/errors.ts'
import type { TestContext } from '../context.ts'
import { openTls, startTls } from '../open-socket.ts'
import { both } from '../refusal.ts'
import { addressOf, type Target } from '../target.ts'
import type { BrokerTest } from '../test.ts'
import { inconclusive, skip, warn } from '../verdict.ts'

const timeoutMs = 5_000
const dayMs = 86_400_000
/** Enough to replace a certificate on all devices. */
const warnDays = 30

function tlsListeners({ parts }: TestContext): Target[] {
  const found = [parts.target, ...parts.listeners].filter(({ tls }) => tls)
  if (found.length === 0) throw skip('no listener has TLS; use an mqtts:// URL, or add one with --listener')
  return found
}

type Handshake = 'accepted' | 'refused' | 'no answer'

/** Offer one version of TLS. */
async function offer(listener: Target, version: SecureVersion): Promise<Handshake> {
  // Without the lowest level of security not even the client has the old versions.
  const versions = { minVersion: version, maxVersion: version, ciphers: 'DEFAULT:@SECLEVEL=0' }
  const socket = startTls(listener, { ...versions, rejectUnauthorized: false })
  const done = Promise.withResolvers<Handshake>()
  socket.once('secureConnect', () => done.resolve('accepted'))
  socket.once('error', () => done.resolve('refused')).once('close', () => done.resolve('refused'))
  socket.setTimeout(timeoutMs, () => done.resolve('no answer'))
  return await done.promise.finally(() => socket.destroy())
}

export const listeners: readonly BrokerTest[] = [
  {
    id: 'listener-certificate',
    title: 'The certificate of each listener is valid for its address',
    clauses: both(),
    async run(context) {
      for (const listener of tlsListeners(context)) {
        const address = addressOf(listener)
        const socket = await openTls(listener, timeoutMs).catch((error: unknown) => {
          throw warn(`a client that verifies the certificate of ${address} refuses it: ${messageOf(error)}`)
        })
        const certificate = socket.getPeerX509Certificate()
        const names = socket.getPeerCertificate()
        socket.destroy()
        if (!certificate) throw inconclusive(`${address} shows no certificate that was verified`)
        // The control: a name that no certificate has must not fit.
        if (!checkServerIdentity('edgekit.invalid', names))
          throw warn(`the certificate of ${address} is valid for any name`)
        const days = Math.floor((Date.parse(certificate.validTo) - Date.now()) / dayMs)
        if (days < warnDays) throw warn(`the certificate of ${address} expires in ${days} days`)
      }
    },
  },
  {
    id: 'listener-old-tls',
    title: 'No listener accepts TLS 1.1 or older',
    clauses: both(),
    async run(context) {
      for (const listener of tlsListeners(context)) {
        const address = addressOf(listener)
        if (
          (await offer(listener, 'TLSv1.2')) !== 'accepted' &&
          (await offer(listener, 'TLSv1.3')) !== 'accepted'
        )
          throw inconclusive(`the positive control failed: ${address} accepts neither TLS 1.2 nor TLS 1.3`)
        for (const version of ['TLSv1.1', 'TLSv1'] as const) {
          const outcome = await offer(listener, version)
          if (outcome === 'accepted') throw warn(`${address} accepts ${version}, which RFC 8996 forbids`)
          if (outcome === 'no answer') throw inconclusive(`${address} does not answer an offer of ${version}`)
        }
      }
    },
  },
  {
    id: 'listener-exchange',
    title: 'Clients of different listeners exchange messages',
    clauses: both(),
    async run(context) {
      const { parts } = context
      if (parts.listeners.length === 0) throw skip('only one listener is tested; add others with --listener')
      const here = await context.connect()
      for (const [index, target] of parts.listeners.entries()) {
        const there = await context.connect({}, target)
        const topic = context.topic(`exchange/${index}`)
        for (const [from, to] of [
          [here, there],
          [there, here],
        ] as const) {
          await to.subscribe(topic, { qos: 0 })
          await from.publish({ topic, payload: addressOf(target) })
          if (!(await to.find('publish')))
            throw warn(`a message does not pass between ${addressOf(parts.target)} and ${addressOf(target)}`)
          await to.unsubscribe(topic)
        }
      }
    },
  },
]
