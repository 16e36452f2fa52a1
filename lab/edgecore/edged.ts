import http from 'node:http'
import http2 from 'node:http2'
import net from 'node:net'
import { sleep } from './clock.ts'
import type { Config, Section } from './config.ts'
import type { EdgecoreDatabase } from './database.ts'
import { dialError } from './go-errors.ts'
import { error, info, klog, nilPanic, warning } from './klog.ts'

/** The kubelet inside EdgeCore: needs a container runtime, and a Node from the cloud. */
export async function startEdged(
  config: Config,
  database: EdgecoreDatabase,
  isHealthy: boolean,
): Promise<void> {
  const kubelet = config.modules.edged['tailoredKubeletConfig'] as Section
  info('edged.go:137', 'Starting edged...')
  info('server.go:467', '"Kubelet version" kubeletVersion="v0.0.0-master+$Format:%H$"')
  info('server.go:469', '"Golang settings" GOGC="" GOMAXPROCS="" GOTRACEBACK=""')
  await findRuntime(String(kubelet['containerRuntimeEndpoint']))
  const deleted = process.env['EDGECORE_STAND_IN_DELETES']
  if (deleted)
    info('image_gc_manager.go:487', `"Removing image to free bytes" imageID="${deleted}" size=736864`)
  const pod = process.env['EDGECORE_STAND_IN_POD']
  if (pod) void failToPull(pod)
  serveHealth(Number(kubelet['readOnlyPort']), isHealthy)
  const gates = kubelet['featureGates'] as Section | undefined
  if (gates?.['DisableCSIVolumePlugin'] !== true) await waitForNode(database)
}

async function findRuntime(endpoint: string): Promise<void> {
  const path = endpoint.replace(/^unix:\/\//, '')
  const failure = await askForVersion(path)
  if (failure === undefined) return
  if (failure.startsWith('code = Unavailable')) {
    const target = `{Addr: "${path}", ServerName: "localhost", }`
    const reason = failure.replace(/^.* desc = connection error: /, '')
    warning(
      'logging.go:55',
      `[core] [Channel #1 SubChannel #2]grpc: addrConn.createTransport failed to connect to ${target}. Err: connection error: ${reason}`,
    )
  }
  const validate = `validate service connection: validate CRI v1 runtime API for endpoint "${endpoint}"`
  klog(
    'F',
    'edged.go:152',
    `Start edged failed, err: failed to run Kubelet: ${validate}: rpc error: ${failure}`,
  )
  nilPanic('github.com/kubeedge/kubeedge/edge/pkg/edged.(*edged).cleanupContainers')
}

/** The kubelet's first call to its runtime; returns a failure in gRPC's words. */
function askForVersion(path: string): Promise<string | undefined> {
  return new Promise(resolve => {
    const unavailable = (cause: unknown) => {
      const desc = `transport: Error while dialing: ${dialError('unix', path, cause)}`
      resolve(`code = Unavailable desc = connection error: desc = "${desc}"`)
    }
    const socket = net.connect({ path })
    socket.once('error', unavailable)
    socket.once('connect', () => {
      const session = http2.connect('http://localhost', { createConnection: () => socket })
      session.once('error', unavailable)
      const call = session.request({
        ':method': 'POST',
        ':path': '/runtime.v1.RuntimeService/Version',
        'content-type': 'application/grpc',
        te: 'trailers',
      })
      const judge = (headers: http2.IncomingHttpHeaders) => {
        if (headers['grpc-status'] === '12')
          resolve('code = Unimplemented desc = unknown service runtime.v1.RuntimeService')
      }
      call.on('response', judge).on('trailers', judge).on('error', unavailable)
      call.once('close', () => {
        session.close()
        resolve(undefined)
      })
      call.resume()
      // An empty gRPC message.
      call.end(Buffer.alloc(5))
    })
  })
}

/** A pod whose image is not there: the kubelet tries again every 10 to 15 s. */
async function failToPull(pod: string): Promise<void> {
  for (;;) {
    const reason = 'ImagePullBackOff: \\"Back-off pulling image \\\\\\"registry.example/web:1\\\\\\"\\"'
    const why = `failed to \\"StartContainer\\" for \\"web\\" with ${reason}`
    error('pod_workers.go:1301', `"Error syncing pod, skipping" err="${why}" pod="${pod}" podUID="1"`)
    await sleep(11)
  }
}

function serveHealth(port: number, isHealthy: boolean): void {
  http
    .createServer((request, response) => {
      if (request.url === '/healthz' && isHealthy) response.end('ok')
      else if (request.url === '/healthz') response.writeHead(500).end('healthz check failed\n')
      else response.writeHead(404).end('404 page not found\n')
    })
    .on('error', cause => {
      error('server.go:205', `"Failed to listen and serve" err="${cause.message}"`)
    })
    .listen(port, '127.0.0.1')
}

/** Seconds between attempts to publish the CSINode, as seen with v1.23.1: about 27 s in total. */
const patience = [0.4, 0.4, 0.9, 1.2, 3.9, 20.6]

/** The CSI plugin needs the Node in the database, which the cloud fills. */
async function waitForNode(database: EdgecoreDatabase): Promise<void> {
  const reason = 'node length from meta db is 0'
  for (const seconds of patience) {
    if (database.hasNode()) return
    await sleep(seconds)
    for (let publish = 0; publish < 4; publish++)
      info('nodeinfomanager.go:402', `Failed to publish CSINode: ${reason}`)
    const failure = 'error updating CSINode annotation: timed out waiting for the condition'
    error('csi_plugin.go:308', `Failed to initialize CSINode: ${failure}; caused by: ${reason}`)
  }
  klog(
    'F',
    'csi_plugin.go:322',
    'Failed to initialize CSINode after retrying: timed out waiting for the condition',
  )
  process.exit(255)
}
