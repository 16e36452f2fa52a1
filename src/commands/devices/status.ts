import { EdgekitCommand } from '../../cli/command.ts'
import { requireRoot } from '../../cli/require-root.ts'
import { devicesStatusExitCodes, exitCodeHelp } from '../../lib/exit-codes.ts'
import { localNode } from '../../node/node.ts'
import { formatServiceStatus } from '../../ui/devices/format-service.ts'
import type { DevicesStatusOutput } from '../../ui/json/devices.ts'

export default class DevicesStatus extends EdgekitCommand {
  static override summary = 'Show whether the device service of this node works'
  static override description = `Asks systemd and the service. Read-only.\n\n${exitCodeHelp('devicesStatus')}`
  static override examples = ['sudo edgekit devices status', 'sudo edgekit devices status --json']

  async run(): Promise<DevicesStatusOutput> {
    await this.parse(DevicesStatus)
    requireRoot('devices status')
    const { isHealthy, serviceStatus } = await import('../../install/devices/service-status.ts')
    const status = await serviceStatus(localNode())
    process.exitCode = isHealthy(status) ? devicesStatusExitCodes.ok : devicesStatusExitCodes.failed
    this.say(formatServiceStatus(status))
    return {
      schemaVersion: 1,
      service: status ? { ...status, since: status.since ?? null, health: status.health ?? null } : null,
    }
  }
}
