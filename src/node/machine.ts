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

async function runningPrograms(files: Files): Promise<string[]> {
  const pids = (await files.list('/proc')).filter(name => /^\d+$/.test(name))
  // One that ends meanwhile cannot be read any more.
  const names = await Promise.all(pids.map(pid => files.read(`/proc/${pid}/comm`).catch(() => '')))
  return [...new Set(names.map(name => name?.trim() ?? '').filter(Boolean))].toSorted()
}

export async function localMachine(files: Files): Promise<Machine> {
  const [osRelease, memory, cgroups, programs] = await Promise.all([
    files.read('/etc/os-release'),
    files.read('/proc/meminfo'),
    cgroupsOf(files),
    runningPrograms(files),
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
    programs,
  }
}
