package io.meshlog.it.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.meshlog.events.log.KafkaConnection;
import java.util.List;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.DescribeClusterOptions;
import org.apache.kafka.common.errors.TimeoutException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

/** An admin client that no broker answers. */
final class AdminWithoutBrokersTest {
    private static final int WAIT_MS = 3_000;
    /** With Kafka's own settings it is about 1,700. */
    private static final int MOST_NEW_BEGINNINGS = 150;

    private final Logger logger =
            (Logger) LoggerFactory.getLogger("org.apache.kafka.clients.admin.internals.AdminMetadataManager");
    private final ListAppender<ILoggingEvent> said = new ListAppender<>();

    @BeforeEach
    void listen() {
        logger.setLevel(Level.INFO);
        logger.setAdditive(false);
        said.start();
        logger.addAppender(said);
    }

    @AfterEach
    void leave() {
        logger.detachAppender(said);
        logger.setAdditive(true);
        logger.setLevel(null);
    }

    @Test
    void waitsBeforeItBeginsAnew() {
        // given a port that nobody listens at
        KafkaConnection nobody = KafkaConnection.of("127.0.0.1:1");

        // when
        try (Admin admin = nobody.admin()) {
            assertThatThrownBy(() -> admin.describeCluster(new DescribeClusterOptions().timeoutMs(WAIT_MS))
                            .nodes()
                            .get())
                    .isInstanceOf(ExecutionException.class)
                    .hasCauseInstanceOf(TimeoutException.class);
        }

        // then
        assertThat(List.copyOf(said.list)).hasSizeBetween(1, MOST_NEW_BEGINNINGS);
    }
}
