import { paths } from '../../node/paths.ts'

/** The configuration file that EdgeCore reads, given the ExecStart of its unit (edge/cmd/edgecore/app/options). */
export const edgecoreConfigPath = (execStart: string): string =>
  /--config[= ](\S+)/.exec(execStart)?.[1] ?? paths.edgecoreConfig
