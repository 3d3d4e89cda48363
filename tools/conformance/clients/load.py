"""Continuous idempotent load through librdkafka (confluent-kafka), acks=all.

Writes one JSON line per acknowledged or failed record to --acks, until SIGTERM or --seconds. Every value is unique:
`<producer>:<sequence>`. A line has the value, partition, offset, and monotonic milliseconds of send and acknowledgement.
"""
import argparse
import json
import signal
import sys
import time

from confluent_kafka import KafkaError, Producer


def arguments():
    parser = argparse.ArgumentParser()
    parser.add_argument("--bootstrap", required=True)
    parser.add_argument("--topic", required=True)
    parser.add_argument("--partitions", type=int, required=True)
    parser.add_argument("--producer", required=True)
    parser.add_argument("--rate", type=int, default=500, help="records per second")
    parser.add_argument("--seconds", type=float, default=3600)
    parser.add_argument("--acks", required=True, help="file for the outcome of each record")
    return parser.parse_args()


def main():
    args = arguments()
    out = open(args.acks, "w", buffering=1 << 16)
    running = True

    def stop(*_):
        nonlocal running
        running = False

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    producer = Producer(
        {
            "bootstrap.servers": args.bootstrap,
            "enable.idempotence": True,
            "acks": "all",
            # When one of several requests in flight fails, those behind it meet a gap in their sequence numbers. librdkafka
            # then goes on under a new producer epoch, with which it writes for the second time what other partitions have
            # and have not acknowledged yet (confluentinc/librdkafka#4953).
            "max.in.flight": 1,
            "linger.ms": 1,
            "message.timeout.ms": 120000,
            "retry.backoff.ms": 20,
            "retry.backoff.max.ms": 100,
            "reconnect.backoff.ms": 20,
            "reconnect.backoff.max.ms": 200,
            "topic.metadata.refresh.fast.interval.ms": 50,
            # When every broker was away librdkafka 2.16.0 starts again from its bootstrap servers and now and then leaves a
            # partition with the handle of its leader that it has just given up ("leader unchanged, not migrating away from
            # preferred replica", debug=topic): nothing is sent until the next full refresh, minutes later.
            "metadata.recovery.strategy": "none",
        }
    )
    fatal = []

    def report(value, sent):
        def on_delivery(error, message):
            row = {"value": value, "sent": sent, "done": time.monotonic() * 1000}
            if error is not None:
                row["error"] = error.name()
                if error.fatal():
                    fatal.append(error.str())
            else:
                row["partition"] = message.partition()
                row["offset"] = message.offset()
            out.write(json.dumps(row) + "\n")

        return on_delivery

    sequence = 0
    started = time.monotonic()
    print("started", flush=True)
    while running and time.monotonic() - started < args.seconds and not fatal:
        due = int((time.monotonic() - started) * args.rate)
        while sequence < due:
            value = f"{args.producer}:{sequence}"
            try:
                producer.produce(
                    args.topic,
                    value=value,
                    partition=sequence % args.partitions,
                    on_delivery=report(value, time.monotonic() * 1000),
                )
            except BufferError:
                producer.poll(0.01)
                continue
            sequence += 1
        producer.poll(0.002)
        out.flush()
    remaining = producer.flush(90)
    out.close()
    print(json.dumps({"sent": sequence, "unflushed": remaining, "fatal": fatal}), flush=True)
    sys.exit(1 if fatal or remaining else 0)


if __name__ == "__main__":
    main()
