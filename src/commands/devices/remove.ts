import { Args } from '@oclif/core'
import { EdgekitCommand } from '../../cli/command.ts'
import { requireDeviceIds, settingsFlag, withDevicesClient } from '../../cli/devices/settings.ts'
import type { DevicesRemoveOutput } from '../../ui/json/devices.ts'

export default class DevicesRemove extends EdgekitCommand {
  static override summary = 'Remove devices'
  static override description =
    'Removes the state of devices; their history stays until its time ends. What they publish from then on is a dead letter, unless the service registers unknown devices.'
  static override examples = ['sudo edgekit devices remove esp32-1']
  static override args = {
    device: Args.string({ required: true, multiple: true, description: 'id; several can be given' }),
  }
  static override flags = settingsFlag

  async run(): Promise<DevicesRemoveOutput> {
    const { args, flags } = await this.parse(DevicesRemove)
    const ids = [args.device].flat()
    requireDeviceIds(ids)
    const removed: string[] = []
    await withDevicesClient(flags.settings, async client => {
      for (const id of ids) {
        await client.remove(id)
        removed.push(id)
        this.say(`${id} removed`)
      }
    })
    return { schemaVersion: 1, removed }
  }
}
