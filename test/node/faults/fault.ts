import type { Role } from '../../lab/bundle.ts'
import type { LabNode } from '../../lab/node.ts'

/** One way to break a node for real, and what edgekit must then say. */
export interface Fault {
  /** What was done, as a person would say it. */
  what: string
  /** `preflight`: broken before an install, which must refuse. `doctor`: broken after one. */
  occasion: 'preflight' | 'doctor'
  /** Id of the check that must fail, or say that it could not look. */
  fails: string
  /** Must be in what the check says: what it saw, or what to do. */
  says: RegExp
  /** What the machine is for; an edge node when it does not say. */
  role?: Role
  breakIt(node: LabNode): Promise<unknown>
  /** Put in front of the command, when the fault is in how edgekit is started. */
  prefix?: string
}
