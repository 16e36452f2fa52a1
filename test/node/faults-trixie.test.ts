import { tryFaultsOn } from './faults/try-faults.ts'

tryFaultsOn('trixie')
