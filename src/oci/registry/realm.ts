import { EdgekitError } from '../../lib/errors.ts'

/**
 * The URL of the token service that a registry names. Throws EdgekitError when it is not one: behind a proxy that does not
 * pass on the protocol, Nexus names `null://…`. https://github.com/sonatype/nexus-public/issues/628
 */
export function realmUrl(realm: string, registry: URL): URL {
  const url = URL.parse(realm)
  if (url !== null && /^https?:$/.test(url.protocol)) return url
  throw new EdgekitError(`${registry.host} names no usable token service: realm="${realm.slice(0, 200)}"`, {
    code: 'image-pull-failed',
    remedy: `Set the headers Host and X-Forwarded-Proto in the reverse proxy of ${registry.host}.`,
  })
}

/** Throws EdgekitError unless credentials for a registry can go to the token service at `realm`. */
export function requireTrustedRealm(realm: URL, registry: URL, place: string): void {
  if (registry.protocol === 'https:' && realm.protocol !== 'https:') {
    throw new EdgekitError(`${registry.host} requests credentials over unencrypted http (${realm.host})`, {
      code: 'image-pull-failed',
      remedy: `Set the header X-Forwarded-Proto to https in the reverse proxy of ${registry.host}, or correct its token URL.`,
    })
  }
  if (isSameDomain(realm.hostname, registry.hostname)) return
  throw new EdgekitError(
    `${registry.host} requests its credentials for ${realm.host}, which is in another domain`,
    {
      code: 'image-pull-failed',
      remedy: `If ${realm.host} is its token service, add credentials for ${realm.host} to ${place}.`,
    },
  )
}

/** Whether two hosts belong to one domain: `auth.docker.io` and `registry-1.docker.io`. */
const isSameDomain = (one: string, other: string): boolean =>
  one === other || domainOf(one) === domainOf(other)

/** Second-level names that registries of country domains sell below: `co.uk`, `com.cn`. */
const sharedSecondLevel = /^(?:ac|co|com|edu|gob|gov|gv|ne|net|or|org)\.[a-z]{2}$/

/** The part of a host name that one owner registers; for an address or a name without dots, all of it. */
function domainOf(host: string): string {
  const labels = host.split('.')
  if (host.startsWith('[') || /^\d+$/.test(labels.at(-1) ?? '')) return host
  return labels.slice(sharedSecondLevel.test(labels.slice(-2).join('.')) ? -3 : -2).join('.')
}
