import { basename } from 'node:path'

/**
 * Find the SHA-256 of a file in a published list: lines of `HEX  NAME` as from sha256sum, `SHA256 (NAME) = HEX` as from BSD
 * tools, or a single HEX for a single file.
 */
export function checksumFor(list: string, url: string): string | undefined {
  const wanted = basename(new URL(url).pathname)
  const lines = list
    .split('\n')
    .map(line => line.trim())
    .filter(line => line !== '')
  for (const line of lines) {
    const [, gnu, gnuName] = /^([0-9a-f]{64})\s+\*?(.+)$/i.exec(line) ?? []
    const [, bsdName, bsd] = /^SHA256 \((.+)\) = ([0-9a-f]{64})$/i.exec(line) ?? []
    const [sha256, name] = [gnu ?? bsd, gnuName ?? bsdName]
    if (sha256 !== undefined && name !== undefined && basename(name) === wanted) return sha256.toLowerCase()
  }
  const [only] = lines
  return lines.length === 1 && only !== undefined && /^[0-9a-f]{64}$/i.test(only)
    ? only.toLowerCase()
    : undefined
}
