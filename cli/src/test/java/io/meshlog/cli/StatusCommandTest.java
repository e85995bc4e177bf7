package io.meshlog.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.OutputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class StatusCommandTest {
    private final FakeMesh server = new FakeMesh();
    private final Cli cli = Cli.withServer(server);

    @AfterEach
    void stop() throws InterruptedException {
        server.kill();
    }

    @ParameterizedTest
    @ValueSource(strings = {"table", "wide", "json", "yaml", "jsonl"})
    void aHealthyFleetIsZero(String format) {
        // when
        Cli.Ended ended = cli.run("status", "-o", format);

        // then
        assertThat(ended.exitCode()).isEqualTo(ExitCode.OK);
        Golden.verify("status." + format, ended.out());
    }

    @Test
    void aConditionIsDegraded() {
        // given
        server.status = Fixtures.healthy().toBuilder()
                .addConditions("Kafka does not answer: the state is as of 12:00:00")
                .build();

        // when
        Cli.Ended ended = cli.run("status");

        // then
        assertThat(ended.exitCode()).isEqualTo(ExitCode.DEGRADED);
        Golden.verify("status-degraded.table", ended.out());
    }

    @Test
    void aReplicaThatIsNotSyncedIsDegraded() {
        // given
        server.status = Fixtures.healthy().toBuilder()
                .setReplica(Fixtures.healthy().getReplica().toBuilder()
                        .setState("Bootstrapping")
                        .setSynced(false))
                .build();

        // then
        assertThat(cli.run("status").exitCode()).isEqualTo(ExitCode.DEGRADED);
        assertThat(cli.run("status", "-o", "json").out()).contains("\"synced\": false");
    }

    @Test
    void anUnhealthyComponentIsDegraded() {
        // given
        server.status = Fixtures.healthy().toBuilder()
                .addComponents(Fixtures.component("projector", "no answer for 12 s", false))
                .build();

        // then
        assertThat(cli.run("status").exitCode()).isEqualTo(ExitCode.DEGRADED);
    }

    @Test
    void namesAreAUsageError() {
        assertThat(cli.run("status", "-o", "name").exitCode()).isEqualTo(ExitCode.USAGE);
    }

    @Test
    void aReaderThatHasGoneIsNoError() {
        // given
        cli.writingTo(new OutputStream() {
            @Override
            public void write(int octet) throws IOException {
                throw new IOException("Broken pipe");
            }
        });

        // when
        Cli.Ended ended = cli.run("status");

        // then
        assertThat(ended.exitCode()).isEqualTo(ExitCode.OK);
        assertThat(ended.err()).isEmpty();
    }
}
