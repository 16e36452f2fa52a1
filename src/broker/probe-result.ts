/** What one look through a broker's door found. Plain data. */
export type ProbeResult =
  | { failure: string }
  /** It answers, and says no (CONNACK 1 to 5 of MQTT 3.1.1, section 3.2.2.3). */
  | { refused: { code: number; reason: string } }
  | {
      /** Milliseconds until a message of one's own came back; the reason when none did. */
      qos0: Delivery
      qos1: Delivery
      /** The same on a topic like those of EdgeCore, which an access list may deny. */
      edgecoreTopics: Delivery
      /** Whether it also takes MQTT 5; the reason when not. */
      mqtt5: { accepted: true } | { failure: string }
      /** What EdgeCore's twin answers to a question about its node; undefined when its name is not known. */
      twin: Delivery | undefined
      /** How many clients the broker has, this one too, and how many messages are published in a minute; if it says so. */
      clients: number | undefined
      publishedPerMinute: number | undefined
    }

export type Delivery = { ms: number } | { failure: string }
