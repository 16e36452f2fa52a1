import { withoutTime } from './log-time.ts'

/** mosquitto 2.1 adds the address to the last form. */
const ownClient =
  /^New client connected from (?<address>\S+) as edgekit-[\w-]+ |^Client edgekit-[\w-]+(?: \[\S+\])? /
const connection = /^New connection from (\S+) on port \d+\.$/

/** Lines of the broker's log without those about the clients of edgekit itself, which it connects to try the broker. */
export function withoutOwnClients(lines: readonly string[]): string[] {
  const texts = lines.map(withoutTime)
  const addresses = new Set(texts.map(text => ownClient.exec(text)?.groups?.['address']).filter(Boolean))
  return lines.filter((_, index) => {
    const text = texts[index] ?? ''
    return !ownClient.test(text) && !addresses.has(connection.exec(text)?.[1])
  })
}
