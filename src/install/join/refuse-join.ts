import type { TokenShape } from '../../edgecore/token-shape.ts'
import { EdgekitError } from '../../lib/errors.ts'
import { paths } from '../../node/paths.ts'
import type { CloudAnswers } from './ask-cloud.ts'
import type { Membership } from './membership.ts'

/** How a node is about to join a cloud. */
export interface JoinAttempt {
  membership: Membership
  /** `https://HOST:PORT`, where EdgeCore requests its certificate; undefined when no cloud was named. */
  server: string | undefined
  nodeName: string
  /** The shape of the token given now. */
  given: TokenShape | undefined
  /** The token given now is that of `keadm join`, too. */
  isBootstrapToken: boolean
}

/** The names for `--force` that override the refusal of a node name, and of an address that cannot be verified. */
export const joinForces = { nodeName: 'node-name', address: 'cloudcore' } as const

const passBoth = './edgekit install --cloudcore HOST:10000 --token-file FILE'

/** The hash of the cloud's CA, and the three parts of a JWT. */
const completeParts = 4

/**
 * Throws EdgekitError (usage) when EdgeCore cannot join because something is missing on this side, as far as that can be
 * known without the cloud.
 */
export function refuseUnpreparedJoin(attempt: JoinAttempt): void {
  const { membership, server, given, isBootstrapToken } = attempt
  const { mustJoin = '', token } = membership
  if (given && token.file === paths.bootstrapToken && !isBootstrapToken) throw otherTokenInUse(token.file)
  if (server === undefined) throw noCloud(mustJoin, given ?? token)
  if (given) return
  if (!token.set) {
    throw cannotJoin(
      `cannot join this node to ${server}: ${mustJoin}, and no token was given`,
      'Print a token on the cloud side and pass it:\n  keadm gettoken\n  ./edgekit install --token-file FILE',
    )
  }
  const mistake = mistakeIn(token)
  if (mistake === undefined) return
  throw cannotJoin(
    `cannot join this node to ${server}: ${mustJoin}, and the token in ${token.file} ${mistake}`,
    'Print a new token on the cloud side and pass it:\n  keadm gettoken\n  ./edgekit install --token-file FILE',
  )
}

function mistakeIn({ parts, expiresAt }: TokenShape): string | undefined {
  if (parts !== completeParts) return `has ${parts} parts, not ${completeParts}`
  return expiresAt !== undefined && expiresAt < Date.now()
    ? `expired at ${new Date(expiresAt).toISOString()}`
    : undefined
}

const noCloud = (mustJoin: string, { set }: TokenShape): EdgekitError =>
  cannotJoin(
    `cannot join this node to a cloud: ${mustJoin}, and ${set ? 'no cloud was' : 'neither cloud nor token were'} given`,
    `Give a cloud and a token that keadm gettoken has printed there:\n  ${passBoth}\nTo join later, add --stage. To install only the broker, add --no-edgecore.`,
  )

const otherTokenInUse = (file: string): EdgekitError =>
  cannotJoin(
    `cannot use the token of --token-file: EdgeCore would use the one in ${file} instead`,
    `keadm join left that file. Remove it:\n  rm ${file}`,
  )

const cannotJoin = (message: string, remedy: string): EdgekitError =>
  new EdgekitError(message, { code: 'cannot-join', remedy })

/** Throws EdgekitError (usage) when the cloud would refuse this node. `isOurs`: its Node of this name is this one. */
export function refuseByCloud(
  { membership, server, nodeName, given }: JoinAttempt,
  { caHash, hasNode }: CloudAnswers,
  isOurs: boolean,
): void {
  if (caHash === undefined) return
  const expected = (given ?? membership.token).caHash
  if (caHash !== expected) {
    throw new EdgekitError(
      `cannot join this node to ${server}: the token is of another cloud: it is for CA ${expected}, but this cloud has CA ${caHash}`,
      {
        code: 'invalid-token',
        remedy:
          'Print a token on the machine of that cloud, or correct the address in --cloudcore:\n  keadm gettoken',
      },
    )
  }
  if (!hasNode || isOurs) return
  throw new EdgekitError(
    `cannot join this node to ${server} as ${nodeName}: the cloud has a node of this name`,
    {
      code: 'node-name-taken',
      remedy: `Choose another name, because two nodes of one name disconnect each other:\n  ./edgekit install --node-name NAME\nIf that node is this machine, as after a reinstallation, add --force=${joinForces.nodeName}.`,
    },
  )
}

/** For a node that has joined, and the token of another cloud. */
export const otherCloud = (caHash: string, given: TokenShape): EdgekitError =>
  new EdgekitError(
    `cannot use the token: this node belongs to another cloud, whose CA is ${caHash}; the token is for CA ${given.caHash}`,
    {
      code: 'other-cloud',
      remedy:
        'To move the node to the cloud of the token, add --rejoin:\n  ./edgekit install --rejoin --cloudcore HOST:10000 --token-file FILE',
    },
  )

export const rejoinNeedsToken = (): EdgekitError =>
  new EdgekitError('cannot rejoin: a token is required', {
    code: 'cannot-join',
    remedy:
      'Give it again, or roll back the interrupted install:\n  ./edgekit install --rejoin --token-file FILE\n  sudo ./edgekit rollback',
  })

/**
 * Throws EdgekitError (usage) when a joined node gets the address `server`, and another cloud answers there, or none: with
 * an address that is wrong, the node would lose its cloud. A cloud keeps its CA when its name or address changes.
 */
export function refuseOtherAddress(
  membership: Pick<Membership, 'caHash'>,
  { server, cloudcore = 'HOST:10000' }: { server: string; cloudcore: string | undefined },
  { caHash }: CloudAnswers,
): void {
  if (caHash === membership.caHash) return
  if (caHash === undefined) {
    throw new EdgekitError(
      `cannot change the cloud address to ${server}: nothing there answers like the cloud that this node belongs to`,
      {
        code: 'cloud-not-verified',
        remedy: `Correct the address, or repeat the install when the cloud is reachable. If the address is right and the cloud is only not reachable now, add --force=${joinForces.address}:\n  ./edgekit install --cloudcore ${cloudcore} --force=${joinForces.address}`,
      },
    )
  }
  throw new EdgekitError(
    `cannot change the cloud address to ${server}: this node belongs to another cloud, whose CA is ${membership.caHash}; the cloud there has CA ${caHash}`,
    {
      code: 'other-cloud',
      remedy: `To move the node to that cloud, print a token there and add --rejoin:\n  keadm gettoken\n  ./edgekit install --rejoin --cloudcore ${cloudcore} --token-file FILE`,
    },
  )
}
