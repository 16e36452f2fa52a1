import { rmSync, truncateSync, writeFileSync } from 'node:fs'
import { hasMark, nextMark } from './mark.ts'

/** What the EdgeCore of the next bundle (lab/bundles/next-bundle.ts) can do wrong, while the installed one works. */
const misbehaviors = [
  /** Exits after EDGECORE_STAND_IN_AFTER seconds. */
  'exits',
  /** Stands still after that time, as after SIGSTOP: systemd sees an active unit. */
  'stands-still',
  /** Leaves a file that no SQLite can read, and exits. */
  'ruins-database',
  'deletes-database',
  /** As if the power went while it wrote edgecore.yaml: what is left is what EdgeCore takes for all defaults. */
  'tears-config',
  /** The health endpoint answers 500. */
  'is-unhealthy',
  'ignores-cloud',
] as const
type Misbehavior = (typeof misbehaviors)[number]

const fatal: readonly Misbehavior[] = ['exits', 'ruins-database', 'deletes-database']

/** From EDGECORE_STAND_IN_NEXT, which all builds get, and only the next one obeys. */
export function misbehaviorOfNext(): Misbehavior | undefined {
  const wanted = process.env['EDGECORE_STAND_IN_NEXT']
  const known = misbehaviors.find(name => name === wanted)
  return known && hasMark(nextMark) ? known : undefined
}

export const tearConfig = (file: string): void => truncateSync(file, 0)

/** Do it after EDGECORE_STAND_IN_AFTER seconds. */
export function misbehave(what: Misbehavior, database: string): void {
  const seconds = Number(process.env['EDGECORE_STAND_IN_AFTER'] ?? 2)
  setTimeout(() => {
    if (what === 'stands-still') process.kill(process.pid, 'SIGSTOP')
    if (what === 'ruins-database') writeFileSync(database, Buffer.alloc(100_000, 'no database'))
    if (what === 'deletes-database') rmSync(database)
    if (fatal.includes(what)) process.exit(255)
  }, seconds * 1000)
}
