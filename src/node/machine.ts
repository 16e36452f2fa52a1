import { readdirSync, readFileSync } from 'node:fs'
import { arch, hostname, platform, release } from 'node:os'
import { type Cgroups, cgroupsOf } from './cgroups.ts'
import type { Files } from './files.ts'
import { type Inotify, inotifyOf } from './inotify.ts'

export interface Machine {
  hostName: string
  /** `amd64` or `arm64`, as in bundles; other architectures by Node.js' name. */
  arch: string
  /** `PRETTY_NAME` of os-release(5). */
  os: string
  /** Node.js' name: `linux`. */
  platform: string
  kernel: string
  isRoot: boolean
  memory: { totalBytes: number; availableBytes: number }
  cgroups: Cgroups
  inotify: Inotify | undefined
  /** Names of the running programs. */
  programs: string[]
}

const architectureNames: Record<string, string> = { x64: 'amd64' }

/** The architecture of this machine: `amd64` or `arm64`, as in bundles; others by Node.js' name. */
export const machineArch = (): string => architectureNames[arch()] ?? arch()

/** A value of /proc/meminfo (proc_meminfo(5)) in bytes. */
const memoryValue = (text: string, name: string): number =>
  Number(new RegExp(`^${name}:\\s+(\\d+) kB$`, 'm').exec(text)?.[1] ?? 0) * 1024

/** Synchronous, as in socket-owners.ts: it reads one file per process. */
function runningPrograms(): string[] {
  const names = readdirSync('/proc')
    .filter(name => /^\d+$/.test(name))
    .map(pid => {
      try {
        return readFileSync(`/proc/${pid}/comm`, 'utf8').trim()
      } catch {
        // The process has ended.
        return ''
      }
    })
  return [...new Set(names.filter(Boolean))].toSorted()
}

export async function localMachine(files: Files): Promise<Machine> {
  const [osRelease, memory, cgroups, inotify] = await Promise.all([
    files.read('/etc/os-release'),
    files.read('/proc/meminfo'),
    cgroupsOf(files),
    inotifyOf(files),
  ])
  return {
    hostName: hostname(),
    arch: machineArch(),
    os: /^PRETTY_NAME="?([^"\n]*)/m.exec(osRelease ?? '')?.[1] ?? 'unknown',
    platform: platform(),
    kernel: release(),
    isRoot: process.geteuid?.() === 0,
    memory: {
      totalBytes: memoryValue(memory ?? '', 'MemTotal'),
      availableBytes: memoryValue(memory ?? '', 'MemAvailable'),
    },
    cgroups,
    inotify,
    programs: runningPrograms(),
  }
}
