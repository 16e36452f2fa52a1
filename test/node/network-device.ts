import { once } from 'node:events'
import { type AddressInfo, createServer } from 'node:net'
import { connect, type SecureVersion } from 'node:tls'
import { expect } from 'vitest'
import type { LabNode } from '../../lab/machine/node.ts'
import { issueServerCertificate } from '../../src/broker/access/certificates.ts'
import { paths } from '../../src/node/paths.ts'

const minutes = 60_000
/** The node's address on the network. */
export const address = '198.51.100.10'

/** Puts the other end of the cable into a network of its own, with the clients of the broker image. */
export async function connectDevice(node: LabNode): Promise<void> {
  await node.sh(`
    ip netns add device
    ip link set cable netns device
    ip netns exec device ip link set lo up
    ip netns exec device ip link set cable up
    ip netns exec device ip address add 198.51.100.20/24 dev cable
    mkdir -p /root/image
    ctr -n k8s.io images mount --rw docker.io/library/eclipse-mosquitto:2.0 /root/image`)
}

/** Runs a client of mosquitto as a device would. */
export const device = (node: LabNode, program: 'pub' | 'sub', args: string) =>
  node.run(`ip netns exec device chroot /root/image /usr/bin/mosquitto_${program} -h ${address} ${args}`, {
    timeoutMs: minutes,
  })

/** The ports that a device can connect to. */
export async function openPorts(node: LabNode): Promise<string> {
  const ports = [1883, 1884, 8080, 8883, 9001, 9883]
  const found = await node.sh(
    `for port in ${ports.join(' ')}; do
       timeout 2 ip netns exec device bash -c "exec 3<>/dev/tcp/${address}/$port" 2>/dev/null && echo $port
     done; true`,
    { timeoutMs: minutes },
  )
  return found.split('\n').join(' ')
}

/** The first bytes that the TLS listener sends to a client that offers only one version of TLS. */
async function answerTo(node: LabNode, version: SecureVersion): Promise<string> {
  const { promise: hello, resolve } = Promise.withResolvers<Buffer>()
  const server = createServer(socket => {
    socket.once('data', data => {
      resolve(data)
      socket.destroy()
    })
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  // Not even the client takes the old version without the lowest level of security.
  const versions = { minVersion: version, maxVersion: version, ciphers: 'DEFAULT:@SECLEVEL=0' }
  connect({ port, host: '127.0.0.1', ...versions }).on('error', () => {})
  const bytes = (await hello).toString('base64')
  server.close()
  return (
    await node.sh(
      `ip netns exec device bash -c 'exec 3<>/dev/tcp/${address}/8883
         base64 -d <<<${bytes} >&3; timeout 10 head -c 7 <&3 | od -An -tx1'`,
    )
  ).trim()
}

/**
 * Fails unless the device or the broker refuses an old TLS, another name, an expired certificate, and another CA, and accepts this
 * client otherwise. `plain` has the login of a client and a message.
 */
export async function requireRefusals(node: LabNode, plain: string): Promise<void> {
  const tls = '-p 8883 --cafile /ca.crt'
  await node.sh(
    `cp ${paths.brokerCa} /root/image/ca.crt; cp /etc/kubeedge/ca/rootCA.crt /root/image/other.crt`,
  )
  expect((await device(node, 'pub', `-p 8883 --cafile /other.crt ${plain}`)).exitCode).not.toBe(0)
  // A fatal alert: protocol_version (RFC 8446, section 6). The newer version gets a handshake.
  expect(await answerTo(node, 'TLSv1.1')).toMatch(/^15 03 0\d 00 02 02 46$/)
  expect(await answerTo(node, 'TLSv1.2')).toMatch(/^16 03 03/)
  await node.sh(`echo '${address} other.example' >>/root/image/etc/hosts`)
  const named = `ip netns exec device chroot /root/image /usr/bin/mosquitto_pub -h other.example ${tls} ${plain}`
  expect((await node.run(named)).exitCode).not.toBe(0)
  expect((await node.run(`${named} --insecure`)).exitCode).toBe(0)
  await node.sh(`cp --archive ${paths.brokerTls} /root/tls`)
  const reload = 'ctr -n k8s.io tasks kill --signal SIGHUP mosquitto; sleep 1'
  const ca = { certificate: await node.read(paths.brokerCa), key: await node.read(paths.brokerCaKey) }
  const expired = await issueServerCertificate(ca, [address], new Date(Date.now() - 1200 * 86_400_000))
  await node.write(paths.brokerCertificate, expired.certificate)
  await node.write(paths.brokerKey, expired.key)
  await node.sh(`chown 1883:1883 ${paths.brokerKey}; ${reload}`)
  expect((await device(node, 'pub', `${tls} ${plain}`)).exitCode).not.toBe(0)
  await node.sh(`cp --archive /root/tls/. ${paths.brokerTls}; ${reload}`)
  expect((await device(node, 'pub', `${tls} ${plain}`)).exitCode).toBe(0)
}
