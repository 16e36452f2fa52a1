import type { Access } from '../../node/files.ts'

export const hasAccess = (found: Access, { mode, uid, gid }: Access): boolean =>
  found.mode === mode && found.uid === uid && found.gid === gid

const shown = ({ mode, uid, gid }: Access): string => `mode ${mode.toString(8)} and owner ${uid}:${gid}`

/** How mode or owner differ, such as `has mode 600 and owner 0:0, expected mode 644 and owner 0:0`. */
export const accessDifference = (found: Access, expected: Access): string | undefined =>
  hasAccess(found, expected) ? undefined : `has ${shown(found)}, expected ${shown(expected)}`
