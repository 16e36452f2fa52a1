import { Args } from '@oclif/core'
import { units } from '../../node/paths.ts'

/** The services of a node, as commands name them. */
const services = ['broker', 'edgecore'] as const
export type Service = (typeof services)[number]

/** One of the services; without it, both. */
export const serviceArg = {
  service: Args.string({ options: [...services], description: 'broker or edgecore (default: both)' }),
}

/** The chosen services with their units, the broker first: EdgeCore connects to it. */
export const chosenServices = (name: string | undefined): { service: Service; unit: string }[] =>
  services
    .filter(service => name === undefined || service === name)
    .map(service => ({ service, unit: units[service] }))
