import * as z from 'zod'
import { checkResult } from '../../doctor/report-schema.ts'
import { brokerSettings, bundleIdentity, configValue, kept, plan } from './parts.ts'

const lines = z.array(z.string())
const findings = z
  .array(checkResult)
  .readonly()
  .meta({ description: 'Preflight checks that warn or that the user has overridden.' })
const notes = lines.readonly()

const command = z.strictObject({ program: z.enum(['keadm', 'kubectl']), args: lines })

export const installOutput = z
  .strictObject({
    schemaVersion: z.literal(1),
    bundle: bundleIdentity,
    done: lines.meta({ description: 'The changes in order; empty when there was nothing to do.' }),
    kept,
    findings,
    notes,
    checklist: z
      .array(checkResult)
      .readonly()
      .meta({ description: 'Results of the checks at the end of the install.' }),
    join: z
      .strictObject({
        joined: z.boolean(),
        cause: z
          .strictObject({
            code: z.string(),
            text: z.string(),
            remedy: z.string(),
            commands: lines.exactOptional(),
          })
          .exactOptional()
          .meta({ description: 'Why not; absent when EdgeCore exited, which the checklist reports.' }),
        line: z.string().exactOptional().meta({ description: "The line of EdgeCore's log that shows it." }),
      })
      .exactOptional()
      .meta({ description: 'A node that had no certificate before: whether the cloud registered it.' }),
    next: z
      .strictObject({
        ready: command,
        installedImage: command,
        init: command,
        rollout: command,
        chartBroker: command,
        token: command,
      })
      .exactOptional()
      .meta({ description: 'Cloud bundles without --apply: the commands to run next.' }),
  })
  .meta({
    title: 'edgekit install',
    description: 'Output of edgekit install --json and edgekit upgrade --json.',
  })

const nodeSettings = z.strictObject({
  nodeName: z.string().exactOptional(),
  cloudcore: z.string().exactOptional().meta({ description: 'HOST:PORT' }),
  set: z.record(z.string(), configValue).exactOptional().meta({ description: 'Keys of edgecore.yaml.' }),
  edgecore: z.boolean().exactOptional().meta({ description: 'false: the broker only.' }),
  stage: z.boolean().exactOptional(),
  adopt: z.boolean().exactOptional(),
  broker: brokerSettings.exactOptional(),
  rejoin: z.boolean().exactOptional().meta({ description: 'Leave the cloud for that of the token.' }),
})

export const installDryRunOutput = z
  .strictObject({
    schemaVersion: z.literal(1),
    dryRun: z.literal(true),
    bundle: bundleIdentity,
    options: nodeSettings,
    plan,
    findings,
    notes,
  })
  .meta({
    title: 'edgekit install --dry-run',
    description: 'Output of edgekit install --dry-run --json and edgekit upgrade --dry-run --json.',
  })

export type InstallOutput = z.infer<typeof installOutput> | z.infer<typeof installDryRunOutput>
