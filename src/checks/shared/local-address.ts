/** Whether a listener address of mosquitto.conf is only reachable from this machine. */
export const isLocal = (address: string): boolean => /^(127\.|::1$|localhost$)/.test(address)
