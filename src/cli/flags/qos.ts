import { Flags } from '@oclif/core'

/** The quality of service of messages. */
export const qosFlag = {
  qos: Flags.option({
    char: 'q',
    options: ['0', '1', '2'] as const,
    default: '1' as const,
    description: 'quality of service',
  })(),
}

export const qosOf = (text: '0' | '1' | '2'): 0 | 1 | 2 => (text === '0' ? 0 : text === '1' ? 1 : 2)
