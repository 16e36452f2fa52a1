import type { Fault } from './fault.ts'

const database = '/var/lib/kubeedge/edgecore.db'

export const databaseEmptied: Fault = {
  what: 'a power cut has emptied the database of EdgeCore',
  occasion: 'doctor',
  fails: 'edgecore-database',
  says: /edgecore\.db is empty/,
  release: 'trixie',
  breakIt: node => node.sh(`cp --archive ${database} /var/edgecore.db; truncate --size=0 ${database}`),
  mend: node => node.sh(`mv /var/edgecore.db ${database}`),
}
