import { EdgekitCommand } from '../../cli/command.ts'
import { settingsFlag, withDevicesClient } from '../../cli/devices/settings.ts'
import { formatDevices } from '../../ui/devices/format-devices.ts'
import type { DevicesListOutput } from '../../ui/json/devices.ts'

export default class DevicesList extends EdgekitCommand {
  static override summary = 'List devices, and which of them are online'
  static override description =
    'Asks the running service over HTTP. A device is online for one lease after each message; unknown: the broker or the service was away.'
  static override examples = ['sudo edgekit devices list']
  static override flags = settingsFlag

  async run(): Promise<DevicesListOutput> {
    const { flags } = await this.parse(DevicesList)
    const devices = await withDevicesClient(flags.settings, client => client.list())
    this.say(devices.length === 0 ? 'No devices.' : formatDevices(devices, Date.now()))
    return { schemaVersion: 1, devices }
  }
}
