import { notMasked } from '../shared/not-masked.ts'

export const brokerMasked = notMasked('broker-masked', 'broker')
