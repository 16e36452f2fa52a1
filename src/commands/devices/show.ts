import { Args } from '@oclif/core'
import { EdgekitCommand } from '../../cli/command.ts'
import { requireDeviceIds, settingsFlag, withDevicesClient } from '../../cli/devices/settings.ts'
import { formatDevice } from '../../ui/devices/format-devices.ts'
import type { DevicesShowOutput } from '../../ui/json/devices.ts'

export default class DevicesShow extends EdgekitCommand {
  static override summary = 'Show a device and its newest report'
  static override examples = ['sudo edgekit devices show esp32-1']
  static override args = { device: Args.string({ required: true, description: 'id of the device' }) }
  static override flags = settingsFlag

  async run(): Promise<DevicesShowOutput> {
    const { args, flags } = await this.parse(DevicesShow)
    requireDeviceIds([args.device])
    const device = await withDevicesClient(flags.settings, client => client.find(args.device))
    this.say(formatDevice(device, Date.now()))
    return { schemaVersion: 1, device }
  }
}
