import { readdirSync, readFileSync } from 'node:fs'
import { arch, hostname, platform, release } from 'node:os'
import { type CgroupMode, cgroupsOf } from './cgroups.ts'
import type { Files } from './files.ts'

export interface Machine {
  hostName: string
  /** As bundles name it: `amd64`, `arm64`; other machines under Node's own name. */
  arch: string
  /** `PRETTY_NAME` of os-release(5). */
  os: string
  /** As Node names it: `linux`. */
  platform: string
  kernel: string
  isRoot: boolean
  memory: { totalBytes: number; availableBytes: number }
  cgroups: { mode: CgroupMode; controllers: string[] }
  /** Names of the programs that run. */
  programs: string[]
}

const architectureNames: Record<string, string> = { x64: 'amd64' }

/** This machine's architecture as bundles name it; others under Node's own name. */
export const machineArch = (): string => architectureNames[arch()] ?? arch()

/** A value of /proc/meminfo (proc_meminfo(5)), in bytes. */
const memoryValue = (text: string, name: string): number =>
  Number(new RegExp(`^${name}:\\s+(\\d+) kB$`, 'm').exec(text)?.[1] ?? 0) * 1024

/** Without await, as in socket-owners.ts: these are as many files as there are processes. */
function runningPrograms(): string[] {
  const names = readdirSync('/proc')
    .filter(name => /^\d+$/.test(name))
    .map(pid => {
      try {
        return readFileSync(`/proc/${pid}/comm`, 'utf8').trim()
      } catch {
        // It has ended meanwhile.
        return ''
      }
    })
  return [...new Set(names.filter(Boolean))].toSorted()
}

export async function localMachine(files: Files): Promise<Machine> {
  const [osRelease, memory, cgroups] = await Promise.all([
    files.read('/etc/os-release'),
    files.read('/proc/meminfo'),
    cgroupsOf(files),
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
    programs: runningPrograms(),
  }
}
