import { readdirSync, readFileSync } from 'node:fs'
import type { Config, Section } from './config.ts'
import { exit } from './klog.ts'

/** KubeEdge v1.19 and later do not start next to a kubelet (edge/cmd/edgecore/app/server.go). */
export function checkEnvironment(config: Config): void {
  const metaServer = config.modules.metaManager['metaServer'] as Section | undefined
  if (process.env['CHECK_EDGECORE_ENVIRONMENT'] === 'false' || metaServer?.['enable'] === true) return
  for (const pid of readdirSync('/proc').filter(name => /^\d+$/.test(name))) {
    let name = ''
    try {
      name = readFileSync(`/proc/${pid}/comm`, 'utf8').trim()
    } catch {
      continue // the process has ended
    }
    if (name === 'kubelet') {
      exit(
        'server.go:125',
        'failed to check the running environment: kubelet should not be running on edge node when starting edgecore',
      )
    }
  }
}
