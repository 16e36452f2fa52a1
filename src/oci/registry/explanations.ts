import { loginCommand } from './credentials.ts'
import type { Answer } from './refusal.ts'

/** What an explanation can name. */
export interface Pull extends Answer {
  /** Host of the server that answered. */
  server: string
  /** Host of the registry. */
  host: string
  /** URL of the registry or its mirror. */
  address: string
  /** File with the credentials; undefined when none can be read. */
  place: string
  /** `use a mirror (--registry-mirror docker.io=URL)` */
  mirror: string
  isMirror: boolean
  /** `HTTP 403: DENIED (not yours)` */
  summary: string
}

interface Explanation {
  when: (pull: Pull) => boolean
  reason: (pull: Pull) => string
  remedy: (pull: Pull) => string
}

const isDenied = ({ status }: Pull): boolean => status === 401 || status === 403
const hasExpired = ({ reason }: Pull): boolean => /expired|TimeTooSkewed/i.test(reason)
const logIn = ({ host }: Pull): string => loginCommand(host)
const service = ({ server, summary }: Pull, what: string): string =>
  `token service ${server} ${what} (${summary})`
const behind = ({ server, host, summary }: Pull, what: string): string =>
  `${host} redirects to ${server}, which ${what} (${summary})`

const ofTokenService: readonly Explanation[] = [
  {
    when: ({ isPage }) => isPage,
    reason: pull => service(pull, 'returned a web page'),
    remedy: ({ origin }) =>
      `Open ${origin} in a browser: a proxy or the login page of this network answers for it.`,
  },
  {
    when: pull => pull.login === 'credentials' && (isDenied(pull) || pull.status === 400),
    reason: pull => service(pull, `rejected the credentials for ${pull.host} from ${pull.place}`),
    remedy: pull => `Log in again:\n  ${logIn(pull)}`,
  },
  {
    when: isDenied,
    reason: pull => service(pull, 'grants no anonymous access'),
    remedy: pull =>
      `Log in, if the image name is correct; a private image looks like a missing one:\n  ${logIn(pull)}`,
  },
  {
    when: ({ status, login }) => status === 429 && login === 'nothing',
    reason: pull => service(pull, 'limits anonymous requests'),
    remedy: pull => `Log in, or ${pull.mirror}:\n  ${logIn(pull)}`,
  },
  {
    when: ({ status }) => status === 429,
    reason: pull => service(pull, 'limits requests'),
    remedy: ({ mirror }) => `Wait, then retry, or ${mirror}.`,
  },
  {
    when: ({ status }) => status >= 500,
    reason: pull => service(pull, 'is failing'),
    remedy: ({ mirror }) => `Retry later, or ${mirror}.`,
  },
  {
    when: ({ status }) => status === 200,
    reason: ({ server }) => `token service ${server} returned no token`,
    remedy: ({ host, mirror }) =>
      `Correct the token URL (realm) in the configuration of ${host}, or ${mirror}.`,
  },
  {
    when: () => true,
    reason: pull => service(pull, 'does not work'),
    remedy: ({ host, mirror }) =>
      `Correct the token URL (realm) in the configuration of ${host}, or ${mirror}.`,
  },
]

const ofRedirectTarget: readonly Explanation[] = [
  {
    when: ({ server, host, origin }) =>
      new URL(origin).protocol === 'https:' && hostname(server) === hostname(host),
    reason: ({ address, origin, summary }) => `${address} redirects to ${origin} (${summary})`,
    remedy: ({ origin, address }) =>
      `Use the URL that it redirects to: ${origin}${new URL(address).pathname}`,
  },
  {
    when: hasExpired,
    reason: pull => behind(pull, 'finds the link expired'),
    remedy: ({ host }) => `Correct the clock of ${host}: it dates the links to its storage.`,
  },
  {
    when: ({ isPage, status }) => isPage && status < 400,
    reason: pull => behind(pull, 'returned a web page'),
    remedy: ({ server, mirror }) =>
      `Sign in if ${server} is the login page of this network, else allow it in firewall and proxy, or ${mirror}.`,
  },
  {
    when: isDenied,
    reason: pull => behind(pull, 'refuses access'),
    remedy: ({ server, mirror }) =>
      `Allow ${server} in the firewall and proxy of this network, or ${mirror}.`,
  },
  {
    when: ({ status }) => status === 404 || status === 410,
    reason: pull => behind(pull, 'does not have the content'),
    remedy: ({ mirror }) => `Push the image again, or ${mirror}: the registry has lost part of it.`,
  },
  {
    when: ({ status }) => status === 429 || status >= 500,
    reason: pull => behind(pull, 'is failing'),
    remedy: ({ mirror }) => `Retry later, or ${mirror}.`,
  },
  {
    when: () => true,
    reason: pull => behind(pull, 'does not serve it'),
    remedy: ({ server, mirror }) =>
      `Allow ${server} in the firewall and proxy of this network, or ${mirror}.`,
  },
]

const ofRegistry: readonly Explanation[] = [
  {
    when: ({ isPage, status, isMirror }) => isPage && status < 400 && isMirror,
    reason: ({ host }) => `${host} returned a web page, not an image`,
    remedy: ({ address }) => `Correct the URL of the mirror: ${address} is not the API of a registry.`,
  },
  {
    when: ({ isPage, status }) => isPage && status < 400,
    reason: ({ host }) => `${host} returned a web page, not an image`,
    remedy: ({ origin, mirror }) =>
      `Open ${origin} in a browser and sign in if the login page of this network answers, or ${mirror}.`,
  },
  {
    when: ({ isPage, status }) => isPage && (status === 403 || status === 451),
    reason: ({ host, summary }) => `${host} refuses access from this network with a web page (${summary})`,
    remedy: ({ host, mirror }) => `Allow ${host} in the firewall and proxy of this network, or ${mirror}.`,
  },
  {
    when: pull => isDenied(pull) && pull.login !== 'nothing' && hasExpired(pull),
    reason: ({ summary, place }) => `${summary}: the credentials in ${place} have expired`,
    remedy: pull => `Log in again:\n  ${logIn(pull)}`,
  },
  {
    when: ({ status, login }) => status === 401 && login === 'credentials',
    reason: ({ host, place, summary }) => `${host} rejected the credentials from ${place} (${summary})`,
    remedy: pull => `Log in again:\n  ${logIn(pull)}`,
  },
  {
    when: pull => isDenied(pull) && pull.login !== 'nothing',
    reason: ({ summary }) => summary,
    remedy: ({ host, place }) =>
      `Check the image name: it does not exist or is private. Check that the credentials for ${host} in ${place} can read this image.`,
  },
  {
    when: isDenied,
    reason: ({ summary }) => summary,
    remedy: pull =>
      `Check the image name: it does not exist or is private. Log in, or ${pull.mirror}:\n  ${logIn(pull)}`,
  },
  {
    when: ({ status }) => status === 404,
    reason: ({ summary }) => summary,
    remedy: () => 'Check the image name and its tag or digest: the registry does not have it.',
  },
  {
    when: ({ status, isMirror }) => status === 429 && isMirror,
    reason: ({ summary }) => `the mirror limits requests: ${summary}`,
    remedy: ({ mirror }) =>
      `Give the mirror an account at the registry that it mirrors, wait and retry, or ${mirror}.`,
  },
  {
    when: ({ status, login }) => status === 429 && login === 'nothing',
    reason: ({ summary, host }) => `${host} limits anonymous requests: ${summary}`,
    remedy: pull => `Log in, or ${pull.mirror}:\n  ${logIn(pull)}`,
  },
  {
    when: ({ status }) => status === 429,
    reason: ({ summary, host }) => `${host} limits requests: ${summary}`,
    remedy: ({ mirror }) => `Wait, then retry, or ${mirror}.`,
  },
  {
    when: ({ status }) => status >= 500 || status === 408,
    reason: ({ summary }) => summary,
    remedy: ({ mirror }) => `Retry later, or ${mirror}: the registry is failing.`,
  },
  {
    when: () => true,
    reason: ({ summary }) => summary,
    remedy: ({ address }) => `Check that ${address} is a container registry.`,
  },
]

const hostname = (host: string): string => host.replace(/:\d+$/, '')

const explanations = {
  'token service': ofTokenService,
  'redirect target': ofRedirectTarget,
  registry: ofRegistry,
}

/** Why a pull failed and what to do, from the first explanation that applies. */
export function explain(pull: Pull): { reason: string; remedy: string } {
  const found = explanations[pull.by].find(({ when }) => when(pull))
  return { reason: found?.reason(pull) ?? pull.summary, remedy: found?.remedy(pull) ?? '' }
}
