import * as z from 'zod'

const name = z.string()
const role = z.enum(['device', 'backend'])
const changed = z.strictObject({
  schemaVersion: z.literal(1),
  users: z.array(
    z.strictObject({
      name,
      role,
      password: z
        .string()
        .optional()
        .meta({ description: 'The generated password. It is stored nowhere. Absent when it was given.' }),
    }),
  ),
})

export const brokerUserAddOutput = changed.meta({
  title: 'edgekit broker user add',
  description: 'Output of edgekit broker user add --json.',
})

export const brokerUserPasswdOutput = changed.meta({
  title: 'edgekit broker user passwd',
  description: 'Output of edgekit broker user passwd --json.',
})

export const brokerUserRemoveOutput = z
  .strictObject({
    schemaVersion: z.literal(1),
    removed: z.array(name),
    sessions: z.int().nullable().meta({
      description: 'Durable sessions that were deleted; null when they stay until they expire.',
    }),
    reason: z.string().optional().meta({ description: 'Why they stay.' }),
  })
  .meta({ title: 'edgekit broker user remove', description: 'Output of edgekit broker user remove --json.' })

export const brokerUserListOutput = z
  .strictObject({
    schemaVersion: z.literal(1),
    users: z.array(z.strictObject({ name, role: z.enum(['device', 'backend', 'edgecore']) })),
  })
  .meta({ title: 'edgekit broker user list', description: 'Output of edgekit broker user list --json.' })

export type BrokerUserChangeOutput = z.infer<typeof changed>
export type BrokerUserRemoveOutput = z.infer<typeof brokerUserRemoveOutput>
export type BrokerUserListOutput = z.infer<typeof brokerUserListOutput>
