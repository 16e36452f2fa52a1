import { Args, Flags } from '@oclif/core'
import { EdgekitCommand } from '../../cli/command.ts'
import { requireDeviceIds, settingsFlag, withDevicesClient } from '../../cli/devices/settings.ts'
import { parseDuration } from '../../cli/quantities/duration.ts'
import { EdgekitError } from '../../lib/errors.ts'
import { devicesSendExitCodes, exitCodeHelp } from '../../lib/exit-codes.ts'
import { formatCommand } from '../../ui/devices/format-devices.ts'
import type { DevicesSendOutput } from '../../ui/json/devices.ts'
import { jsonMistake } from '../../yaml/json-mistake.ts'

export default class DevicesSend extends EdgekitCommand {
  static override summary = 'Send a command to a device, and show its answer'
  static override description =
    `The service publishes the command, and the broker drops it when the device has not received it in time.\n\n${exitCodeHelp('devicesSend')}`
  static override examples = [
    'sudo edgekit devices send esp32-1 restart',
    'sudo edgekit devices send esp32-1 led \'{"on": true}\' --timeout 5s',
  ]
  static override args = {
    device: Args.string({ required: true, description: 'id of the device' }),
    action: Args.string({ required: true, description: 'what the device does' }),
    params: Args.string({ description: 'parameters of the action, a JSON object' }),
  }
  static override flags = {
    ...settingsFlag,
    timeout: Flags.string({
      helpValue: '30s',
      default: '30s',
      description: 'time for the answer of the device, 1s to 5m',
    }),
    'no-wait': Flags.boolean({ description: 'end when the broker has the command' }),
  }

  async run(): Promise<DevicesSendOutput> {
    const { args, flags } = await this.parse(DevicesSend)
    requireDeviceIds([args.device])
    const command = {
      action: args.action,
      timeout_seconds: secondsOf(flags.timeout),
      ...(args.params !== undefined && { params: paramsOf(args.params) }),
    }
    const options = { wait: !flags['no-wait'] }
    const sent = await withDevicesClient(flags.settings, client => client.send(args.device, command, options))
    this.say(formatCommand(sent))
    if (sent.success === false) process.exitCode = devicesSendExitCodes.failed
    return { schemaVersion: 1, command: sent }
  }
}

function secondsOf(text: string): number {
  const seconds = parseDuration(text, '--timeout') / 1000
  if (Number.isInteger(seconds) && seconds <= 300) return seconds
  throw usage(`invalid value for --timeout: "${text}" is not 1s to 5m`, 'Use whole seconds, such as 30s.')
}

function paramsOf(text: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text)
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return { ...value }
  } catch {
    const mistake = jsonMistake(text)
    const where = mistake && ` (character ${mistake.column}: ${mistake.message})`
    throw usage(`cannot use the parameters: they are not JSON${where ?? ''}`, quoteThem)
  }
  throw usage('cannot use the parameters: they are not a JSON object', quoteThem)
}

const quoteThem = `Quote them: '{"on": true}'`

const usage = (message: string, remedy: string): EdgekitError =>
  new EdgekitError(message, { code: 'invalid-usage', remedy })
