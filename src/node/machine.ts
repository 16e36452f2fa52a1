import { arch, hostname } from 'node:os'
import type { Files } from './files.ts'

export interface Machine {
  hostName: string
  /** As bundles name it: `amd64`, `arm64`; other machines under Node's own name. */
  arch: string
  /** `PRETTY_NAME` of os-release(5). */
  os: string
  kernel: string
  isRoot: boolean
}

const architectureNames: Record<string, string> = { x64: 'amd64' }

export async function localMachine(files: Files): Promise<Machine> {
  const [release, kernel] = await Promise.all([
    files.read('/etc/os-release'),
    files.read('/proc/sys/kernel/osrelease'),
  ])
  return {
    hostName: hostname(),
    arch: architectureNames[arch()] ?? arch(),
    os: /^PRETTY_NAME="?([^"\n]*)/m.exec(release ?? '')?.[1] ?? 'unknown',
    kernel: kernel?.trim() ?? 'unknown',
    isRoot: process.geteuid?.() === 0,
  }
}
