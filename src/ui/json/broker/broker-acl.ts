import * as z from 'zod'

const access = z.enum(['read', 'write', 'readwrite', 'deny'])
const rule = {
  user: z.string().nullable().meta({ description: 'null: every user, and the topic is a pattern.' }),
  access,
  topic: z
    .string()
    .meta({ description: 'A topic filter; in a pattern, %u is the user name and %c the client ID.' }),
}

export const brokerAclListOutput = z
  .strictObject({
    schemaVersion: z.literal(1),
    rules: z.array(
      z.strictObject({
        ...rule,
        role: z
          .enum(['device', 'backend', 'edgecore'])
          .nullable()
          .meta({ description: 'The role that needs the rule; null: a user added it.' }),
      }),
    ),
  })
  .meta({ title: 'edgekit broker acl list', description: 'Output of edgekit broker acl list --json.' })

const changed = z.strictObject({
  schemaVersion: z.literal(1),
  changed: z.boolean().meta({ description: 'false: the rule existed before.' }),
  rule: z.strictObject(rule),
})

export const brokerAclAddOutput = changed.meta({
  title: 'edgekit broker acl add',
  description: 'Output of edgekit broker acl add --json.',
})

export const brokerAclRemoveOutput = changed.meta({
  title: 'edgekit broker acl remove',
  description: 'Output of edgekit broker acl remove --json.',
})

export const brokerAclCheckOutput = z
  .strictObject({
    schemaVersion: z.literal(1),
    allowed: z.boolean(),
    rule: z
      .string()
      .nullable()
      .meta({ description: 'The rule that decides, as in the acl file; null: none does.' }),
  })
  .meta({ title: 'edgekit broker acl check', description: 'Output of edgekit broker acl check --json.' })

export type BrokerAclListOutput = z.infer<typeof brokerAclListOutput>
export type BrokerAclChangeOutput = z.infer<typeof changed>
export type BrokerAclCheckOutput = z.infer<typeof brokerAclCheckOutput>
