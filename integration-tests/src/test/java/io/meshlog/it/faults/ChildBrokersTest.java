package io.meshlog.it.faults;

import java.nio.file.Path;
import org.junit.jupiter.api.Timeout;

@Timeout(360)
final class ChildBrokersTest extends KafkaFaults {
    @Override
    Brokers start(Path empty) {
        return new ChildBrokers(empty);
    }
}
