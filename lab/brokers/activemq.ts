import { type LabBroker, startBroker } from './program.ts'

const configuration = (port: number): string => `<beans xmlns="http://www.springframework.org/schema/beans"
  xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"
  xsi:schemaLocation="http://www.springframework.org/schema/beans http://www.springframework.org/schema/beans/spring-beans.xsd
  http://activemq.apache.org/schema/core http://activemq.apache.org/schema/core/activemq-core.xsd">
  <broker xmlns="http://activemq.apache.org/schema/core" brokerName="edgekit" dataDirectory="/mnt/data" useJmx="false">
    <persistenceAdapter><kahaDB directory="/mnt/data/kahadb"/></persistenceAdapter>
    <transportConnectors><transportConnector name="mqtt" uri="mqtt://127.0.0.1:${port}"/></transportConnectors>
  </broker>
</beans>
`

/** Debian's ActiveMQ with its MQTT connector: MQTT 3.1.1 only. */
export const startActivemq = (): Promise<LabBroker> =>
  startBroker(port => ({
    release: 'trixie',
    packages: ['activemq', 'default-jre-headless'],
    // The link /usr/bin/java would come from a package script.
    command: [
      `/usr/lib/jvm/java-21-openjdk-${process.arch === 'arm64' ? 'arm64' : 'amd64'}/bin/java`,
      '-Dactivemq.home=/usr/share/activemq',
      '-Dactivemq.base=/mnt',
      '-Dactivemq.conf=/mnt',
      '-Dactivemq.data=/mnt/data',
      '-jar',
      '/usr/share/activemq/bin/run.jar',
      'start',
      'xbean:file:/mnt/activemq.xml',
    ],
    files: { 'activemq.xml': configuration(port) },
    writable: ['/tmp'],
  }))
