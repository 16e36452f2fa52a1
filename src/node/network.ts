import type { Files } from './files.ts'

export interface Listener {
  address: string
  port: number
  /** Who holds it: the process and the systemd unit or control group it runs in; unknown without root. */
  owner: { pid: number; program: string; controlGroup: string } | undefined
}

export interface Network {
  /** The TCP sockets that listen on a port, IPv4 and IPv6. */
  listeners(port: number): Promise<Listener[]>
}

/** `0100007F` -> `127.0.0.1`: the kernel prints each 32-bit word of an address in host (little-endian) order. */
function decodeAddress(hex: string): string {
  const bytes = (hex.match(/.{8}/g) ?? []).flatMap(word => [...Buffer.from(word, 'hex').reverse()])
  // An IPv6 socket bound to an IPv4 address (::ffff:127.0.0.1) is reached at that one.
  if (bytes.length === 4 || hex.startsWith('0000000000000000FFFF0000')) return bytes.slice(-4).join('.')
  const groups = Array.from({ length: 8 }, (_, index) =>
    (((bytes[index * 2] ?? 0) << 8) | (bytes[index * 2 + 1] ?? 0)).toString(16),
  )
  return new URL(`http://[${groups.join(':')}]`).hostname.slice(1, -1)
}

/** Listening sockets of /proc/net/tcp or tcp6 (proc_net_tcp(5)): state 0A is LISTEN. */
export function parseListeners(text: string): { address: string; port: number; inode: string }[] {
  return text
    .split('\n')
    .slice(1)
    .map(line => line.trim().split(/\s+/))
    .filter(fields => fields[3] === '0A')
    .map(fields => {
      const [address = '', port = ''] = (fields[1] ?? '').split(':')
      return { address: decodeAddress(address), port: Number.parseInt(port, 16), inode: fields[9] ?? '' }
    })
}

export function localNetwork(files: Files): Network {
  async function ownerOf(inode: string): Promise<Listener['owner']> {
    for (const pid of await files.list('/proc')) {
      if (!/^\d+$/.test(pid)) continue
      const descriptors = await files.list(`/proc/${pid}/fd`).catch(() => [])
      for (const descriptor of descriptors) {
        const target = await files.linkTarget(`/proc/${pid}/fd/${descriptor}`).catch(() => '')
        if (target !== `socket:[${inode}]`) continue
        const [program, groups] = await Promise.all([
          files.read(`/proc/${pid}/comm`),
          files.read(`/proc/${pid}/cgroup`),
        ])
        const controlGroup =
          (groups ?? '').split('\n').find(line => /^(0::|\d+:name=systemd:)/.test(line)) ?? ''
        return {
          pid: Number(pid),
          program: program?.trim() ?? '?',
          controlGroup: controlGroup.split(':').slice(2).join(':'),
        }
      }
    }
    return undefined
  }
  return {
    async listeners(port) {
      const tables = await Promise.all(['/proc/net/tcp', '/proc/net/tcp6'].map(path => files.read(path)))
      const found = tables
        .flatMap(table => parseListeners(table ?? ''))
        .filter(socket => socket.port === port)
      return Promise.all(
        found.map(async ({ address, inode }) => ({ address, port, owner: await ownerOf(inode) })),
      )
    },
  }
}
