import { readdirSync, statSync } from 'node:fs'
import type { Config } from './config.ts'
import { klog } from './klog.ts'
import { isNewer } from './version.ts'

/**
 * Up to v1.22, DeviceTwin deletes what is at the path of its socket, and EdgeCore exits if it cannot, as with the directory that
 * v1.23 writes there (edge/pkg/devicetwin/dmiserver/server.go). The stand-in deletes nothing.
 */
export function replaceTwinSocket({ modules }: Config): void {
  const path = String(modules.deviceTwin['dmiSockPath'])
  const found = statSync(path, { throwIfNoEntry: false })
  if (isNewer || !found?.isDirectory() || readdirSync(path).length === 0) return
  klog('F', 'server.go:370', `failed to remove uds socket with err: remove ${path}: directory not empty`)
  // klog.Fatal
  process.exit(255)
}
