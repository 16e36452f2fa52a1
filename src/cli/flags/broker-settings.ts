import { Flags } from '@oclif/core'

/** The settings of the broker, as flags of an install, which begin with `edge: `, and of `broker configure`. */
export const brokerSettingFlags = {
  profile: (prefix = '') =>
    Flags.option({
      options: ['local', 'devices'] as const,
      description: `${prefix}who reaches the broker: only this node, or devices, over TLS and with a password`,
    })(),
  address: (prefix = '') =>
    Flags.string({
      multiple: true,
      helpValue: 'IP',
      description: `${prefix}address of this node on which devices reach the broker; can be repeated`,
    }),
  name: (prefix = '') =>
    Flags.string({
      multiple: true,
      helpValue: 'NAME',
      description: `${prefix}one more name for the broker certificate; can be repeated`,
    }),
  websockets: (prefix = '') =>
    Flags.boolean({
      allowNo: true,
      description: `${prefix}also accept devices over WebSockets, with TLS, on port 9001`,
    }),
  set: (prefix = '') =>
    Flags.string({
      multiple: true,
      helpValue: 'KEY=VALUE',
      description: `${prefix}change a setting of the broker, such as maxPacketSize=4000000; can be repeated`,
    }),
  allowPlaintextListener: (prefix = '') =>
    Flags.boolean({
      allowNo: true,
      description: `${prefix}also accept devices without TLS on port 1883: passwords are readable on the network`,
    }),
}
