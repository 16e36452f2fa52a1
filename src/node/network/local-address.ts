/** Whether an address or name of a listener is only reachable from this machine. */
export const isLocal = (address: string): boolean => /^(127\.|::1$|localhost$)/.test(address)
