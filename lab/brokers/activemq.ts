import { type LabBroker, startBroker } from './program.ts'

const configuration = (port: number): string => `<beans xmlns="http://www.springframework.org/schema/beans"
  xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"
  xsi:schemaLocation="http://www.springframework.org/schema/beans http://www.springframework.org/schema/beans/spring-beans-2.0.xsd
  http://activemq.apache.org/schema/core http://activemq.apache.org/schema/core/activemq-core.xsd">
  <broker xmlns="http://activemq.apache.org/schema/core" brokerName="edgekit" dataDirectory="/mnt/data" useJmx="false">
    <persistenceAdapter><kahaDB directory="/mnt/data/kahadb"/></persistenceAdapter>
    <transportConnectors><transportConnector name="mqtt" uri="mqtt://127.0.0.1:${port}"/></transportConnectors>
  </broker>
</beans>
`

/** Packages of the JDK that it reflects on, as its start script opens them. */
const opened = [
  'java.base/java.lang',
  'java.base/java.net',
  'java.base/java.util',
  'java.base/java.util.concurrent',
]

/** Debian's ActiveMQ Classic with its MQTT connector, which speaks MQTT 3.1.1 only. */
export const startActivemq = (): Promise<LabBroker> =>
  startBroker(port => ({
    release: 'trixie',
    // The connector decodes packets with the codec of this client, which the package of ActiveMQ does not depend on.
    packages: ['activemq', 'libmqtt-client-java', 'default-jre-headless'],
    command: [
      // The link /usr/bin/java would come from a package script.
      '/usr/lib/jvm/default-java/bin/java',
      ...opened.flatMap(name => ['--add-opens', `${name}=ALL-UNNAMED`]),
      '-Xmx512m',
      '-Dactivemq.classpath=/usr/share/java/mqtt-client.jar',
      '-Dactivemq.home=/usr/share/activemq',
      '-Dactivemq.base=/mnt',
      '-Dactivemq.conf=/mnt',
      '-Dactivemq.data=/mnt/data',
      '-jar',
      '/usr/share/activemq/bin/activemq.jar',
      'start',
      'xbean:file:/mnt/activemq.xml',
    ],
    files: { 'activemq.xml': configuration(port) },
    writable: ['/tmp'],
  }))
