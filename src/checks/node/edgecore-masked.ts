import { notMasked } from '../shared/not-masked.ts'

export const edgecoreMasked = notMasked('edgecore-masked', 'edgecore')
