/** The first log line shows that this is not EdgeCore. */
export const version = 'v1.22.0-stand-in'
