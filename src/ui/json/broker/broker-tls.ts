import * as z from 'zod'

const certificate = z.strictObject({
  subject: z.string(),
  names: z.array(z.string()).meta({ description: 'Host names and IP addresses that it is for.' }),
  validFrom: z.iso.datetime(),
  validTo: z.iso.datetime(),
  daysLeft: z.int().meta({ description: 'Negative when it has expired.' }),
  key: z.string().meta({ description: 'Such as P-256 or RSA-2048.' }),
  fingerprint: z.string().meta({ description: 'SHA-256 of the certificate.' }),
})

const status = z.strictObject({
  schemaVersion: z.literal(1),
  source: z.enum(['edgekit', 'imported']),
  ca: certificate,
  server: certificate,
  nextCa: certificate
    .nullable()
    .meta({ description: 'A CA for later: edgekit broker tls renew --ca lets the broker use it.' }),
  problem: z.string().nullable().meta({ description: 'Why devices refuse the broker, or will soon.' }),
})

const output = (command: string) =>
  status.meta({
    title: `edgekit broker tls ${command}`,
    description: `Output of edgekit broker tls ${command} --json.`,
  })

export const brokerTlsImportOutput = output('import')
export const brokerTlsInitOutput = output('init')
export const brokerTlsRenewOutput = output('renew')
export const brokerTlsStatusOutput = output('status')

export const brokerTlsDeviceOutput = z
  .strictObject({
    schemaVersion: z.literal(1),
    certificate: z.string().meta({ description: 'Path of the certificate.' }),
    key: z.string().meta({ description: 'Path of its private key.' }),
  })
  .meta({ title: 'edgekit broker tls device', description: 'Output of edgekit broker tls device --json.' })

export type BrokerTlsDeviceOutput = z.infer<typeof brokerTlsDeviceOutput>
export type BrokerTlsOutput = z.infer<typeof status>
