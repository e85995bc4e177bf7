package io.meshlog.events.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.meshlog.events.codec.MalformedRecordException;
import java.util.UUID;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.junit.jupiter.api.Test;

class ConfluentWireTest {
    @Test
    void aFrameIsZeroThenTheIdBigEndianThenTheDatum() {
        byte[] framed = ConfluentWire.frame(0x01020304, new byte[] {9, 8});
        assertThat(framed).containsExactly(0, 1, 2, 3, 4, 9, 8);
        assertThat(ConfluentWire.schemaId(framed)).isEqualTo(0x01020304);
    }

    @Test
    void whatIsNotFramedIsMalformed() {
        assertThatThrownBy(() -> ConfluentWire.schemaId(new byte[] {0, 0, 0, 0}))
                .isInstanceOf(MalformedRecordException.class);
        assertThatThrownBy(() -> ConfluentWire.schemaId(new byte[] {1, 0, 0, 0, 0, 0}))
                .isInstanceOf(MalformedRecordException.class);
    }

    @Test
    void headersComeBackAsTheyWere() {
        UUID logId = new UUID(0x0102030405060708L, -2);
        RecordHeaders headers = new RecordHeaders();
        assertThat(WireHeaders.fingerprint(headers)).isNull();
        assertThat(WireHeaders.logId(headers)).isNull();
        headers.add(WireHeaders.SCHEMA, WireHeaders.ofFingerprint(-3))
                .add(WireHeaders.LOG_ID, WireHeaders.ofLogId(logId));
        assertThat(WireHeaders.fingerprint(headers)).isEqualTo(-3);
        assertThat(WireHeaders.logId(headers)).isEqualTo(logId);
        assertThat(headers.lastHeader(WireHeaders.LOG_ID).value()).startsWith(1, 2, 3, 4, 5, 6, 7, 8);
    }

    @Test
    void headersOfAnotherSizeAreNone() {
        RecordHeaders headers = new RecordHeaders();
        headers.add(WireHeaders.SCHEMA, new byte[7]).add(WireHeaders.LOG_ID, null);
        assertThat(WireHeaders.fingerprint(headers)).isNull();
        assertThat(WireHeaders.logId(headers)).isNull();
    }
}
