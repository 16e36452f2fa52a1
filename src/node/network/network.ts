import { get } from 'node:http'
import { get as getHttps } from 'node:https'
import { networkInterfaces } from 'node:os'
import type { Files } from '../files.ts'
import { type SocketOwner, socketOwners } from './socket-owners.ts'

export interface Listener {
  address: string
  port: number
  /** The process that has it open; undefined without root. */
  owner: SocketOwner | undefined
}

/** An established TCP connection; both ends of one within this machine are listed. */
interface Connection {
  localPort: number
  remotePort: number
  /** The user whose program has this end open. */
  uid: number
}

export interface Network {
  /** All established TCP connections, IPv4 and IPv6. */
  connections(): Promise<Connection[]>
  /** All listening TCP sockets, IPv4 and IPv6. */
  listeners(): Promise<Listener[]>
  /** The ids of the users whose programs listen on a TCP port; also without root. */
  listeningUsers(port: number): Promise<number[]>
  /** Network interfaces with a default route (IPv4, then IPv6). */
  defaultRoutes(): Promise<string[]>
  /** Addresses of this machine that are neither loopback nor link-local. */
  addresses(): string[]
  /** GET a URL of this machine; the body is cut to 200 characters. Throws when there is no response within `timeoutMs`. */
  get(url: string, timeoutMs: number): Promise<{ status: number; body: string }>
  /**
   * GET an https URL without verifying the certificate of the server, for what is public or verified otherwise. Throws when
   * there is no response within `timeoutMs` or it is larger than 64 KiB.
   */
  getUnverified(url: string, timeoutMs: number): Promise<{ status: number; body: Buffer }>
}

/** `0100007F` is 127.0.0.1: the kernel prints each 32-bit word of an address in host (little-endian) byte order. */
function decodeAddress(hex: string): string {
  const bytes = (hex.match(/.{8}/g) ?? []).flatMap(word => [...Buffer.from(word, 'hex').reverse()])
  // An IPv6 socket bound to a mapped address (::ffff:127.0.0.1) listens on the IPv4 address.
  if (bytes.length === 4 || hex.startsWith('0000000000000000FFFF0000')) return bytes.slice(-4).join('.')
  const groups = Array.from({ length: 8 }, (_, index) =>
    (((bytes[index * 2] ?? 0) << 8) | (bytes[index * 2 + 1] ?? 0)).toString(16),
  )
  return new URL(`http://[${groups.join(':')}]`).hostname.slice(1, -1)
}

/** The sockets of /proc/net/tcp or tcp6 in one state (proc_net_tcp(5)). */
const socketsIn = (state: string, text: string): string[][] =>
  text
    .split('\n')
    .slice(1)
    .map(line => line.trim().split(/\s+/))
    .filter(fields => fields[3] === state)

const portIn = (field = ''): number => Number.parseInt(field.split(':')[1] ?? '', 16)

/** Connections of /proc/net/tcp or tcp6: state 01 is ESTABLISHED. */
export const parseConnections = (text: string): Connection[] =>
  socketsIn('01', text).map(fields => ({
    localPort: portIn(fields[1]),
    remotePort: portIn(fields[2]),
    uid: Number(fields[7]),
  }))

/** Listening sockets of /proc/net/tcp or tcp6: state 0A is LISTEN. */
export function parseListeners(text: string): { address: string; port: number; inode: string }[] {
  return socketsIn('0A', text).map(fields => {
    const [address = ''] = (fields[1] ?? '').split(':')
    return { address: decodeAddress(address), port: portIn(fields[1]), inode: fields[9] ?? '' }
  })
}

/** The users of the listening sockets of a port in /proc/net/tcp or tcp6. */
export const parseListeningUsers = (text: string, port: number): number[] =>
  socketsIn('0A', text)
    .filter(fields => portIn(fields[1]) === port)
    .map(fields => Number(fields[7]))

/** Interfaces of the default routes in /proc/net/route (flag 1: up) and /proc/net/ipv6_route. */
export function parseDefaultRoutes(ipv4: string, ipv6: string): string[] {
  const rows = (text: string) => text.split('\n').map(line => line.trim().split(/\s+/))
  const isUp = (flags = '') => (Number.parseInt(flags, 16) & 1) === 1
  const four = rows(ipv4).filter(
    ([, target, , flags, , , , mask]) => target === '00000000' && mask === '00000000' && isUp(flags),
  )
  // Linux itself has an unreachable default route through lo.
  const six = rows(ipv6).filter(
    fields => /^0{32}$/.test(fields[0] ?? '') && fields[1] === '00' && isUp(fields[8]) && fields[9] !== 'lo',
  )
  return [...new Set([...four.map(([name]) => name ?? ''), ...six.map(fields => fields[9] ?? '')])]
}

export function localNetwork(files: Files): Network {
  const inTables = async <T>(parse: (text: string) => T[]): Promise<T[]> => {
    const tables = await Promise.all(['/proc/net/tcp', '/proc/net/tcp6'].map(path => files.read(path)))
    return tables.flatMap(table => parse(table ?? ''))
  }
  const listening = () => inTables(parseListeners)
  return {
    connections: () => inTables(parseConnections),
    async listeners() {
      const found = await listening()
      const owners = socketOwners(new Set(found.map(({ inode }) => inode)))
      const held = found.map(({ address, port, inode }) => ({
        address,
        port,
        inode,
        owner: owners.get(inode),
      }))
      const isIdentified = ({ owner }: Pick<Listener, 'owner'>) => Boolean(owner?.controlGroup)
      // A process may have ended between reading the tables and reading /proc.
      const still = held.every(isIdentified) ? [] : await listening()
      return held
        .filter(socket => isIdentified(socket) || still.some(({ inode }) => inode === socket.inode))
        .map(({ address, port, owner }) => ({ address, port, owner }))
    },
    listeningUsers: port => inTables(text => parseListeningUsers(text, port)),
    async defaultRoutes() {
      const [ipv4, ipv6] = await Promise.all(
        ['/proc/net/route', '/proc/net/ipv6_route'].map(path => files.read(path)),
      )
      return parseDefaultRoutes(ipv4 ?? '', ipv6 ?? '')
    },
    addresses: () =>
      Object.values(networkInterfaces())
        .flatMap(list => list ?? [])
        .filter(({ internal, address }) => !internal && !/^(169\.254\.|fe80:)/i.test(address))
        .map(({ address }) => address),
    get: (url, timeoutMs) => fetchText(url, timeoutMs),
    getUnverified: fetchUnverified,
  }
}

const fetchText = (url: string, timeoutMs: number): Promise<{ status: number; body: string }> =>
  new Promise((resolve, reject) => {
    const signal = AbortSignal.timeout(timeoutMs)
    const fail = (error: Error) =>
      reject(signal.aborted ? new Error(`no answer within ${timeoutMs / 1000} s`) : error)
    get(url, { signal, agent: false }, response => {
      let body = ''
      response.setEncoding('utf8').on('data', (text: string) => {
        body += text
      })
      response.on('error', fail)
      response.on('end', () => resolve({ status: response.statusCode ?? 0, body: body.trim().slice(0, 200) }))
    }).on('error', fail)
  })

const maxBytes = 65_536

const fetchUnverified = (url: string, timeoutMs: number): Promise<{ status: number; body: Buffer }> =>
  new Promise((resolve, reject) => {
    const signal = AbortSignal.timeout(timeoutMs)
    getHttps(url, { signal, agent: false, rejectUnauthorized: false }, response => {
      const chunks: Buffer[] = []
      let bytes = 0
      response.on('error', reject)
      response.on('data', (chunk: Buffer) => {
        bytes += chunk.length
        chunks.push(chunk)
        if (bytes > maxBytes) response.destroy(new Error(`larger than ${maxBytes} bytes`))
      })
      response.on('end', () => resolve({ status: response.statusCode ?? 0, body: Buffer.concat(chunks) }))
    }).on('error', reject)
  })
