import type { KnownLine } from './known-line.ts'

const database = '/var/lib/kubeedge/edgecore.db'

/**
 * How EdgeCore ends over its database. v1.23 and later log the reason outside klog (`[error] failed to initialize database`)
 * and then as I, through Go's own log package; before, beego's `[ORM]` line comes before `Failed to register db`.
 */
export const databaseExits: readonly KnownLine[] = [
  {
    code: 'database-damaged',
    pattern: /file is not a database|database disk image is malformed|malformed database schema/i,
    text: "EdgeCore's database is damaged",
    remedy:
      'Move the database aside and start EdgeCore: the cloud sends its contents again as soon as the node is connected. Without the cloud no pod starts.',
    commands: ['systemctl stop edgecore', `mv ${database} ${database}.damaged`, 'systemctl start edgecore'],
  },
  {
    code: 'database-full',
    pattern: /database or disk is full/i,
    text: "the file system of EdgeCore's database is full",
    remedy: 'Free space on it.',
    commands: ['df -h /var/lib/kubeedge'],
  },
  {
    code: 'database-not-writable',
    pattern: /unable to open database file|readonly database|read-only database|disk I\/O error/i,
    text: 'EdgeCore cannot open or write its database',
    remedy: 'Make /var/lib/kubeedge a writable directory, and see that its disk works.',
    commands: ['findmnt -T /var/lib/kubeedge', 'ls -l /var/lib/kubeedge'],
  },
  {
    code: 'database-locked',
    pattern: /database is locked/i,
    text: "another process uses EdgeCore's database",
    remedy: 'Stop the other EdgeCore.',
    commands: [`fuser -v ${database}`],
  },
  {
    code: 'database',
    pattern:
      /Failed to (?:connect to DB|register (?:db|driver)|migrate \w+ tables)|failed to initialize database/,
    text: 'EdgeCore cannot use its database',
    remedy: 'Check dataBase.dataSource in edgecore.yaml and the directory that it names.',
    commands: ['edgekit doctor edgecore-database', 'ls -l /var/lib/kubeedge'],
  },
]
