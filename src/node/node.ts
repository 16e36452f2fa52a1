import { syncDirectory } from '../lib/files/replace-file.ts'
import { slowness } from '../lib/slowness.ts'
import { type Containerd, localContainerd } from './containerd/containerd.ts'
import { grpcClient } from './containerd/grpc.ts'
import { type Lock, localLock } from './edgekit-lock.ts'
import { type Files, localFiles } from './files.ts'
import { localMachine, type Machine } from './machine.ts'
import { localNetwork, type Network } from './network/network.ts'
import { paths } from './paths.ts'
import { localProcesses, type Processes } from './processes/processes.ts'
import { localSqlite, type Sqlite } from './sqlite.ts'
import { localStorage, type Storage } from './storage.ts'
import { localSystemd, type Systemd } from './systemd.ts'
import { type Journal, localJournal } from './systemd-journal.ts'

/** The machine edgekit runs on: the only way to inspect or change a node. */
export interface Node {
  machine(): Promise<Machine>
  processes: Processes
  files: Files
  systemd: Systemd
  containerd: Containerd
  storage: Storage
  sqlite: Sqlite
  journal: Journal
  network: Network
  lock: Lock
}

/** This machine. */
export function localNode(): Node {
  const files = localFiles()
  const lock = localLock(paths.lock)
  const processes = localProcesses(() => lock.descriptor, slowness())
  const exists = async (path: string): Promise<boolean> => (await files.status(path)) !== undefined
  return {
    machine: () => localMachine(files),
    processes,
    files,
    systemd: localSystemd(processes, exists, syncDirectory),
    containerd: localContainerd(processes, files, grpcClient()),
    storage: localStorage(files),
    sqlite: localSqlite(files),
    journal: localJournal(processes),
    network: localNetwork(files),
    lock,
  }
}
