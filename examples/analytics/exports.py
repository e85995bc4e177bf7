"""Which services were exported where, over time: from the fleet's changelog alone.

Reads what the fleet decided with the official Kafka client and the schema registry, keeps it in a DuckDB file, and asks
that. Each run adds what is new since the last, so that the file keeps what Kafka compacts away.
"""

import argparse
import json
import pathlib
import sys

import duckdb
from confluent_kafka import Consumer, TopicPartition
from confluent_kafka.schema_registry import SchemaRegistryClient
from confluent_kafka.schema_registry.avro import AvroDeserializer
from confluent_kafka.serialization import MessageField, SerializationContext

TABLE = """
CREATE TABLE IF NOT EXISTS changes (
  log_offset BIGINT PRIMARY KEY, happened TIMESTAMP, revision BIGINT, op TEXT, key TEXT, cluster TEXT, service TEXT,
  create_revision BIGINT, version BIGINT, backends INTEGER);
CREATE TABLE IF NOT EXISTS progress (next_offset BIGINT);
"""

# A period is the life of a key, from the write that created it to its delete. Where compaction was faster than the first
# run, the period's oldest known version is not its first one.
PERIODS = """
WITH lives AS (
  SELECT cluster, service, create_revision,
         min(happened) FILTER (op = 'UPSERT') AS since, min(version) FILTER (op = 'UPSERT') AS first_version,
         max(happened) FILTER (op = 'DELETE') AS until,
         max(version) FILTER (op = 'UPSERT') AS versions, arg_max(backends, revision) FILTER (op = 'UPSERT') AS backends
  FROM changes GROUP BY ALL)
SELECT service, cluster,
       CASE WHEN first_version = 1 THEN strftime(since, '%Y-%m-%d %H:%M:%S')
            WHEN since IS NULL THEN 'before' ELSE 'before ' || strftime(since, '%H:%M:%S') END AS exported_since,
       coalesce(strftime(until, '%Y-%m-%d %H:%M:%S'), 'today') AS until,
       coalesce(versions, 0) AS versions, coalesce(backends, 0) AS backends
FROM lives ORDER BY service, create_revision, cluster
"""


def read_new(db, fleet, kafka, registry):
    """Adds the changes of services behind the last one read; answers how many records were read."""
    topic = fleet + ".changelog"
    decode = AvroDeserializer(SchemaRegistryClient({"url": registry}))
    context = SerializationContext(topic, MessageField.VALUE)
    consumer = Consumer({
        "bootstrap.servers": kafka,
        "group.id": "analytics",
        "enable.auto.commit": False,
        "isolation.level": "read_committed",
        "enable.partition.eof": True,
        "auto.offset.reset": "error",
    })
    low, high = consumer.get_watermark_offsets(TopicPartition(topic, 0), timeout=10)
    start = max(low, db.execute("SELECT coalesce(max(next_offset), 0) FROM progress").fetchone()[0])
    consumer.assign([TopicPartition(topic, 0, start)])
    read = 0
    rows = []
    position = start
    while position < high:
        message = consumer.poll(10)
        if message is None:
            raise TimeoutError(f"{topic} gives nothing at offset {position} of {high}")
        if message.error():
            if message.error().name() == "_PARTITION_EOF":
                break
            raise RuntimeError(message.error())
        read += 1
        position = message.offset() + 1
        if message.value() is None:
            continue
        change = decode(message.value(), context)
        if change["kind"] == "SERVICE" and change["op"] in ("UPSERT", "DELETE"):
            rows.append(row(message, change))
    consumer.close()
    if rows:
        db.executemany("INSERT INTO changes VALUES (?, make_timestamp(?), ?, ?, ?, ?, ?, ?, ?, ?)", rows)
    db.execute("DELETE FROM progress")
    db.execute("INSERT INTO progress VALUES (?)", [position])
    return read


def row(message, change):
    cluster, _, name = change["key"].split("/", 2)
    backends = len(change["service"]["backends"]) if change["service"] else 0
    return [message.offset(), message.timestamp()[1] * 1000, change["revision"], change["op"], change["key"],
            cluster, name, change["createRevision"], change["version"], backends]


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", default=".meshlog", help="the data folder of a running `meshlog up`")
    parser.add_argument("--db", default="exports.duckdb", help="the file that keeps what was read")
    arguments = parser.parse_args()
    endpoints = pathlib.Path(arguments.data, "endpoints.json")
    if not endpoints.exists():
        sys.exit(f"{endpoints} is not there: is `meshlog up` running, and is --data its folder?")
    up = json.loads(endpoints.read_text())
    with duckdb.connect(arguments.db) as db:
        db.execute(TABLE)
        read = read_new(db, up["fleet"], up["kafka"], up["schemaRegistry"])
        print(f"{read} records read from {up['fleet']}.changelog")
        print(db.sql(PERIODS))


if __name__ == "__main__":
    main()
