import { both, refusesPacket } from '../refusal.ts'
import type { BrokerTest } from '../test.ts'
import { warn } from '../verdict.ts'
import { publishErrors } from './error-publish.ts'
import { streamErrors } from './error-stream.ts'
import { subscribeErrors } from './error-subscribe.ts'

export const errors: readonly BrokerTest[] = [
  ...[...publishErrors, ...subscribeErrors, ...streamErrors].map(row =>
    refusesPacket({ ...row, title: `The connection ends: ${row.what}` }),
  ),
  {
    id: 'error-reconnect',
    title: 'A client that was cut off can connect again',
    clauses: both(),
    async run(context) {
      const clientId = context.newClientId()
      for (let count = 0; count < 5; count += 1) {
        const client = await context.open()
        await client.send(context.connectPacket({ clientId }))
        // No statement forbids to slow down a client that comes and goes.
        if (!(await client.find('connack'))) throw warn('the broker refuses a client that reconnects at once')
        await client.ping()
        await client.cut()
      }
    },
  },
]
