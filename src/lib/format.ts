/** `35.2 MB` */
export function formatBytes(bytes: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB']
  let value = bytes
  let power = 0
  // From 999.95 on, toFixed(1) would print 1000.0: use the next unit.
  while (value >= (power === 0 ? 1000 : 999.95) && power < units.length - 1) {
    value /= 1000
    power++
  }
  return `${value.toFixed(power === 0 ? 0 : 1)} ${units[power]}`
}

/** `1 file`, `2 files` */
export const plural = (count: number, word: string): string => `${count} ${word}${count === 1 ? '' : 's'}`

/** `192.0.2.1:1883`, `[2001:db8::1]:1883` */
export const hostPort = (host: string, port: number): string =>
  `${host.includes(':') ? `[${host}]` : host}:${port}`

/** The first characters of a text, which can be a whole file. */
export const excerpt = (text: string, most = 60): string =>
  text.length > most ? `${text.slice(0, most)}…` : text

/** `2026-11-30 17:40 UTC` of a time in ISO 8601. */
export const shortTime = (time: string): string => `${time.slice(0, 16).replace('T', ' ')} UTC`

/** Quoted for a shell. */
export const shellWord = (word: string): string =>
  /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`
