package io.meshlog.meshapi.etcd.wire;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class KeptBytesTest {
    @Test
    void aLargeHeapKeepsTheMost_aSmallOneItsPart() {
        assertThat(KeptBytes.atMost(16 << 20, 32, 4L << 30)).isEqualTo(16 << 20);
        assertThat(KeptBytes.atMost(16 << 20, 32, 128 << 20)).isEqualTo(4 << 20);
    }
}
