import { plural } from '../../lib/format.ts'
import type { Check } from '../check.ts'
import { answeringService, restart, showLog } from '../shared/device-service.ts'

export const devicesDatabase: Check = {
  id: 'devices-database',
  title: 'Device service stores messages',
  tags: ['doctor'],
  needs: ['devices-active'],
  run(facts) {
    const found = answeringService(facts)
    if ('status' in found) return found
    const { service, health } = found
    const { database = 'its database' } = service
    const waiting = `${plural(health.waiting, 'message')} waiting`
    if (health.database === 'ok') return { status: 'pass', observed: `${database} works, ${waiting}` }
    return {
      status: 'fail',
      observed: `${database} cannot be used, ${waiting} for ${Math.round(health.lagMs / 1000)} s`,
      expected: 'a database that the service can write; messages wait on the broker until its queue is full',
      evidence: service.log.slice(-3),
      remedy: {
        text: 'Remove the cause that the log names. The service then continues by itself; a restart loses nothing.',
        commands: [showLog, restart],
      },
    }
  },
}
