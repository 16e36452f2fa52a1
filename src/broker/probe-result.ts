/** The result of a probe of the broker. Plain data. */
export type ProbeResult =
  | { failure: string }
  /** It refuses the connection (CONNACK 1 to 5 of MQTT 3.1.1, section 3.2.2.3). */
  | { refused: { code: number; reason: string } }
  | {
      /** Messages that the probe sends to itself. */
      qos0: Delivery
      qos1: Delivery
      /** The same with a topic like EdgeCore's, which an ACL may deny. */
      edgecoreTopics: Delivery
      /** Whether it accepts MQTT 5, too. */
      mqtt5: { accepted: true } | { failure: string }
      /**
       * A message that was published while the subscriber, a durable session, was offline; undefined when the broker does
       * not accept MQTT 5.
       */
      offline: Delivery | undefined
      /** The answer of EdgeCore's twin; undefined when the node name is unknown. */
      twin: Delivery | undefined
      /** Connected clients, including the probe; undefined when the broker does not publish it. */
      clients: number | undefined
      /** Messages published per minute; undefined when the broker does not publish it. */
      publishedPerMinute: number | undefined
      /** Messages dropped per minute, as an average of the last 15 minutes; the same. */
      droppedPerMinute: number | undefined
      /** Durable sessions whose clients are offline; the same. */
      waitingSessions: number | undefined
      /** What `memory_limit` limits; the same. */
      heapBytes: number | undefined
    }

/** Round-trip time in milliseconds, or why no message came back. */
export type Delivery = { ms: number } | { failure: string }
