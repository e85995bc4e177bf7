"""Decodes every record of a topic with the official client; one JSON line for each: offset, key, op, event id."""

import json
import sys

from confluent_kafka import Consumer, TopicPartition
from confluent_kafka.schema_registry import SchemaRegistryClient
from confluent_kafka.schema_registry.avro import AvroDeserializer
from confluent_kafka.serialization import MessageField, SerializationContext

bootstrap, registry, topic = sys.argv[1:]
decode = AvroDeserializer(SchemaRegistryClient({"url": registry}))
consumer = Consumer({
    "bootstrap.servers": bootstrap,
    "group.id": "stranger",
    "enable.auto.commit": False,
    "enable.partition.eof": True,
    "isolation.level": "read_committed",
})
consumer.assign([TopicPartition(topic, 0, 0)])
while True:
    message = consumer.poll(20)
    if message is None:
        sys.exit(f"{topic} gives nothing")
    if message.error():
        if message.error().name() == "_PARTITION_EOF":
            break
        sys.exit(str(message.error()))
    value = message.value()
    record = decode(value, SerializationContext(topic, MessageField.VALUE)) if value is not None else None
    print(json.dumps({
        "offset": message.offset(),
        "key": message.key().decode(),
        "op": record["op"] if record else "tombstone",
        "eventId": str(record["eventId"]) if record else "",
    }))
consumer.close()
