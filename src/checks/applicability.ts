import type { Facts } from '../facts/index.ts'
import type { Check, ListedCheck, Role } from './check.ts'

export const appliesToRole = ({ appliesTo }: Check, role: Role): boolean =>
  (appliesTo?.roles ?? ['edge']).includes(role)

/** What the bundle makes of this machine. Without a bundle it is checked as the edge node it may become. */
const roleOf = ({ bundle }: Facts): Role => ('value' in bundle ? (bundle.value?.role ?? 'edge') : 'edge')

const isRunning = ({ units }: Facts): boolean =>
  !('value' in units) || units.value.edgecore.active !== 'inactive'

/**
 * The flag without which `edgekit install` would leave alone what this check is about: the settings of the last install
 * exclude EdgeCore, or its start, but someone runs it anyway.
 */
export function installFlagFor({ appliesTo }: Check, facts: Facts): string | undefined {
  const { installedSettings } = facts
  if (!appliesTo?.edgecore || !('value' in installedSettings) || !isRunning(facts)) return undefined
  const { edgecore } = installedSettings.value
  return edgecore === 'none' ? '--edgecore' : edgecore === 'staged' ? '--no-stage' : undefined
}

/** Another edgekit is running: what it has stopped or not yet started is no fault. The machine itself stays the same. */
const isChanging = ({ drift }: Facts): boolean =>
  'value' in drift && drift.value?.interrupted?.runningAs !== undefined

/** Why a check does not apply to this node; undefined when it does. */
export function inapplicable(check: ListedCheck, facts: Facts): string | undefined {
  const role = roleOf(facts)
  if (!appliesToRole(check, role)) return role === 'edge' ? 'cloud side only' : 'edge nodes only'
  const { installedSettings } = facts
  if (check.group !== 'node' && isChanging(facts)) return 'edgekit is changing this node'
  if (!('value' in installedSettings)) return undefined
  const { edgecore: wanted, adopt } = installedSettings.value
  if (adopt && check.overriddenBy?.adopt) return 'existing services are used as they are (--adopt)'
  const needed = check.appliesTo?.edgecore
  // Someone may have started EdgeCore anyway: then it is checked.
  if (!needed || wanted === 'running' || isRunning(facts)) return undefined
  if (wanted === 'none') return 'this node has only the broker (--no-edgecore)'
  return needed === 'running' ? 'EdgeCore is prepared but not started yet (--stage)' : undefined
}
