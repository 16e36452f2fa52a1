/** Whoever reads the log sees in its first line that this is not EdgeCore. */
export const version = 'v1.22.0-stand-in'
