import { Args } from '@oclif/core'
import { EdgekitCommand } from '../../cli/command.ts'
import { requireDeviceIds, settingsFlag, withDevicesClient } from '../../cli/devices/settings.ts'
import type { DevicesAddOutput } from '../../ui/json/devices.ts'

export default class DevicesAdd extends EdgekitCommand {
  static override summary = 'Add devices'
  static override description =
    'The service stores what known devices publish; it registers others only when its settings allow that. Devices that exist do not change.'
  static override examples = ['sudo edgekit devices add esp32-1 esp32-2']
  static override args = {
    device: Args.string({ required: true, multiple: true, description: 'id; several can be given' }),
  }
  static override flags = settingsFlag

  async run(): Promise<DevicesAddOutput> {
    const { args, flags } = await this.parse(DevicesAdd)
    const ids = [args.device].flat()
    requireDeviceIds(ids)
    const added: string[] = []
    const existing: string[] = []
    await withDevicesClient(flags.settings, async client => {
      for (const id of ids) {
        const isNew = await client.add(id)
        const list = isNew ? added : existing
        list.push(id)
        this.say(`${id} ${isNew ? 'added' : 'exists'}`)
      }
    })
    return { schemaVersion: 1, added, existing }
  }
}
