package io.meshlog.meshapi.failure;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

final class GrpcStatusesTest {
    private static final int CLIENTS_HEADER_BYTES = 8_192;

    @Test
    void aShortMessageGoesOutAsItIs() {
        assertThat(GrpcStatuses.of(Failure.INVALID, "key: is empty").getStatus().getDescription())
                .isEqualTo("key: is empty");
    }

    @Test
    void aLongMessageKeepsItsBeginningAndItsEnd() {
        String sent = GrpcStatuses.shortened("key: \"" + "x".repeat(5_000) + "\" has 5000 bytes, the limit is 1024");

        assertThat(sent)
                .hasSizeLessThanOrEqualTo(GrpcStatuses.MAX_MESSAGE_CHARS)
                .startsWith("key: \"xxx")
                .contains("characters...")
                .endsWith("has 5000 bytes, the limit is 1024");
    }

    @Test
    void theWorstTextFitsIntoAClientsHeaders() {
        for (String worst : new String[] {"\uffff", "\ud83d\udca5", "x\ud83d\udca5"}) {
            String sent = GrpcStatuses.shortened(worst.repeat(9_000));
            int bytes = sent.getBytes(StandardCharsets.UTF_8).length;

            assertThat(3 * bytes + bytes * 4 / 3).isLessThan(CLIENTS_HEADER_BYTES - 1_024);
            assertThat(StandardCharsets.UTF_8.newEncoder().canEncode(sent)).isTrue();
        }
    }
}
