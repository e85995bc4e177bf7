package io.meshlog.it.faults;

import static org.assertj.core.api.Assumptions.assumeThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Timeout;
import org.testcontainers.DockerClientFactory;

/** The same on Apache Kafka's image; where no engine for containers is reachable, {@link ChildBrokersTest} alone tells. */
@Timeout(360)
final class ContainerBrokersTest extends KafkaFaults {
    @Override
    Brokers start(Path empty) {
        assumeThat(DockerClientFactory.instance().isDockerAvailable())
                .as(
                        "no Docker-compatible engine is reachable: set DOCKER_HOST to run on %s too",
                        ContainerBrokers.IMAGE)
                .isTrue();
        return new ContainerBrokers();
    }
}
