import { readFileSync } from 'node:fs'
import { join } from 'node:path'

/** What the stand-in for CloudCore does differently from a healthy one. Read again for every request. */
export interface CloudSettings {
  /** It cannot create the Node of whoever connects. */
  refuseNodes: boolean
  /** It cannot reach the apiserver: it accepts a node and creates none. */
  apiserverAway: boolean
  /** It accepts messages and never answers. */
  silent: boolean
}

const healthy: CloudSettings = { refuseNodes: false, apiserverAway: false, silent: false }

export const files = {
  ca: 'rootCA.crt',
  caKey: 'rootCA.key',
  certificate: 'server.crt',
  key: 'server.key',
  settings: 'settings.json',
  /** The nodes that the cluster has, one name a line. */
  nodes: 'nodes',
  log: 'cloudcore.log',
} as const

export const readSettings = (directory: string): CloudSettings => ({
  ...healthy,
  ...(JSON.parse(readFileSync(join(directory, files.settings), 'utf8')) as Partial<CloudSettings>),
})
