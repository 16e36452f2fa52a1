import { paths } from '../node/paths.ts'
import type { Collector } from './collector.ts'
import { readNodeConfig } from './edgecore-config.ts'
import { type FileAccess, fileAccess } from './file-access.ts'

export interface SecretFile extends FileAccess {
  path: string
}

/** The existing files of EdgeCore that contain passwords, tokens or keys, with their permissions. */
export const secretFiles: Collector<SecretFile[]> = {
  timeoutMs: 10_000,
  async collect(node) {
    const { files } = node
    const { path: configPath, config } = await readNodeConfig(node)
    const { edgeHub, eventBus } = config
    const hasSecret = edgeHub.token.set || eventBus.mqttPassword.set
    const candidates = [
      ...(hasSecret ? [configPath] : []),
      paths.bootstrapToken,
      edgeHub.tlsPrivateKeyFile.value,
      eventBus.tls.privateKeyFile.value,
    ]
    const found = await Promise.all(
      [...new Set(candidates)].map(async path => ({ path, access: await fileAccess(path, files) })),
    )
    return found.flatMap(({ path, access }) => (access ? [{ path, ...access }] : []))
  },
}
