import { notMasked } from '../shared/not-masked.ts'

export const containerdMasked = notMasked('containerd-masked', 'containerd')
