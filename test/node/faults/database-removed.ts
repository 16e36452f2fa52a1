import type { Fault } from './fault.ts'

const database = '/var/lib/kubeedge/edgecore.db'

export const databaseRemoved: Fault = {
  what: 'somebody removed the database of EdgeCore while it runs',
  occasion: 'doctor',
  fails: 'edgecore-database',
  says: /edgecore\.db is gone/,
  release: 'bookworm',
  // EdgeCore has to have run for 10 s, and what is shown of 9.5 s is 10.
  breakIt: node =>
    node.sh(
      `until edgekit doctor edgecore-active | grep -q -E 'active .* for (1[1-9]|[2-9][0-9]|[0-9]{3,}) s'; do sleep 1; done; mv ${database} /var/edgecore.db`,
    ),
  mend: node => node.sh(`mv /var/edgecore.db ${database}`),
}
