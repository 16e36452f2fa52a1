import { setTimeout as sleep } from 'node:timers/promises'
import { isDeepStrictEqual } from 'node:util'
import { Args, Flags } from '@oclif/core'
import { EdgekitCommand } from '../../cli/command.ts'
import { requireDeviceIds, settingsFlag, withDevicesClient } from '../../cli/devices/settings.ts'
import { parseDuration } from '../../cli/quantities/duration.ts'
import { deadline } from '../../lib/deadline.ts'
import { EdgekitError } from '../../lib/errors.ts'
import { formatChange } from '../../ui/devices/format-devices.ts'
import type { DevicesWatchOutput } from '../../ui/json/devices.ts'

const everyMs = 1000
/** The longest time of a timer of Node.js: 24 days. */
const longestMs = 2 ** 31 - 1

export default class DevicesWatch extends EdgekitCommand {
  static override summary = 'Show devices as they change'
  static override description =
    'Asks the service once a second, and prints a line for each device whose state has changed: its presence, its status, and its newest report. It ends after --time, or at Ctrl-C.'
  static override examples = ['sudo edgekit devices watch', 'sudo edgekit devices watch esp32-1 --time 1m']
  static override args = { device: Args.string({ description: 'id of a device (default: all)' }) }
  static override flags = {
    ...settingsFlag,
    time: Flags.string({ char: 'W', helpValue: '10s', description: 'end after this time' }),
  }

  async run(): Promise<DevicesWatchOutput> {
    const { args, flags } = await this.parse(DevicesWatch)
    if (this.jsonEnabled() && flags.time === undefined)
      throw new EdgekitError('--json requires an end', { code: 'invalid-usage', remedy: 'Add --time.' })
    requireDeviceIds(args.device === undefined ? [] : [args.device])
    const timeMs = flags.time === undefined ? longestMs : parseDuration(flags.time, '--time')
    const changes: DevicesWatchOutput['changes'] = []
    await withDevicesClient(flags.settings, async (client, signal) => {
      using end = deadline(timeMs)
      const ends = AbortSignal.any([signal, end.signal])
      const before = new Map<string, unknown>()
      // Ctrl-C is how it ends.
      while (!ends.aborted) {
        const devices = args.device === undefined ? await client.list() : [await client.find(args.device)]
        for (const device of devices) {
          const { last_seen: _seen, last_heartbeat: _heartbeat, ...state } = device
          if (isDeepStrictEqual(before.get(device.device_id), state)) continue
          before.set(device.device_id, state)
          if (this.jsonEnabled()) changes.push(device)
          this.say(formatChange(device, new Date()))
        }
        await sleep(everyMs, undefined, { signal: ends }).catch(() => undefined)
      }
    })
    return { schemaVersion: 1, changes }
  }
}
