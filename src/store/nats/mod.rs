//! The NATS store: JetStream's request API, never a consumer.
