import { X509Certificate } from 'node:crypto'
import { readEdgecoreConfig } from '../edgecore/config.ts'
import { paths } from '../node/paths.ts'
import type { Collector } from './collector.ts'

const usual = '/etc/kubeedge/certs/server.crt'

/** For whom the cloud issued this node's certificate, `system:node:edge-1`; undefined when it has none. */
export const nodeCertificate: Collector<{ commonName: string } | undefined> = {
  name: 'nodeCertificate',
  timeoutMs: 10_000,
  async collect({ files }) {
    const config = await files.read(paths.edgecoreConfig)
    const path = config === undefined ? usual : readEdgecoreConfig(config).edgeHub.tlsCertFile.value
    const text = await files.read(path)
    if (text === undefined) return undefined
    const { subject } = new X509Certificate(text)
    return { commonName: /^CN=(.*)$/m.exec(subject)?.[1] ?? '' }
  },
}
