import { hasMark, newerMark } from './mark.ts'

/** v1.23 has other defaults (config.ts), and earlier versions exit with what it writes (modules.ts). */
export const isNewer = hasMark(newerMark)

/** The first log line shows that this is not EdgeCore. */
export const version = `${isNewer ? 'v1.23.0' : 'v1.22.0'}-stand-in`
