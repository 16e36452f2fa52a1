import { tryFaultsOn } from './try-faults.ts'

tryFaultsOn('trixie')
